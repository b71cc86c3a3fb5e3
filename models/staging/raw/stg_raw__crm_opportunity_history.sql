{{ accepted_rows(
    ref('base_raw__crm_opportunity_history'),
    columns=[
        'history_id',
        'opportunity_id',
        'stage_name',
        'amount',
        'changed_at',
    ]
) }}
