{{ accepted_rows(
    ref('base_raw__campaign_responses'),
    columns=[
        'record_key as event_key',
        'response_id',
        'campaign_id',
        'occurred_at',
        'email',
        'crm_lead_id',
        'response_type',
        'content_id',
    ]
) }}
