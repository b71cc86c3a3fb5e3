{{ accepted_rows(
    ref('base_raw__campaign_costs'),
    key='campaign_cost_key',
    columns=[
        'campaign_cost_key',
        'campaign_id',
        'cost_date',
        'amount',
        'currency_code',
    ]
) }}
