{{ accepted_rows(
    ref('base_raw__web_events'),
    columns=[
        'record_key as event_key',
        'event_name',
        'first_occurred_at as occurred_at',
        'device_key',
        'session_key',
        'user_id',
        'email',
        'identifier_key',
        'page_key',
        'user_agent_key',
        'utm_source',
        'utm_medium',
        'utm_campaign',
        'utm_content',
        'utm_term',
        'referrer_host',
        'country_code',
    ]
) }}
