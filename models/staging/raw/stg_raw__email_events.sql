{{ accepted_rows(
    ref('base_raw__email_events'),
    columns=[
        'record_key as event_key',
        'event_id',
        'event_name',
        'occurred_at',
        'email',
        'campaign_id',
        'content_id',
        'url',
        'identifier_key',
    ]
) }}
