{{ base_rows(
    'campaign_costs',
    record=key(['campaign_id', 'cost_date', "coalesce(currency_code, '')"]),
) }}
