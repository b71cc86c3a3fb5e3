{{ accepted_rows(
    ref('base_raw__campaign_costs'),
    columns=[
        'record_key as campaign_cost_key',
        'campaign_id',
        'cost_date',
        'amount',
        'currency_code',
    ]
) }}
