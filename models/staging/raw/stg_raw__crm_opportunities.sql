{{ accepted_rows(
    ref('base_raw__crm_opportunities'),
    columns=[
        'opportunity_id',
        'account_id',
        'lead_id',
        'contact_id',
        'owner_id',
        'created_at',
        'updated_at',
        'stage_name',
        'amount',
        'currency_code',
        'is_closed',
        'is_won',
        'closed_at',
        'lost_reason',
    ]
) }}
