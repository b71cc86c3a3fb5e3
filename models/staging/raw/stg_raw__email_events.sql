{{ accepted_rows(
    ref('base_raw__email_events'),
    columns=[
        'event_id',
        'event_name',
        'occurred_at',
        'email',
        'campaign_id',
        'content_id',
        'url',
    ]
) }}
