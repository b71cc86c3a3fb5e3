{{ accepted_rows(
    ref('base_raw__erasure_requests'),
    columns=[
        'request_id',
        'request_key',
        'requested_at',
        'email_key',
        'device_key',
        'crm_lead_key',
        'source',
    ]
) }}
