{{ accepted_rows(
    ref('base_raw__web_events'),
    columns=[
        'record_key as event_key',
        'event_name',
        'first_occurred_at as occurred_at',
        'device_key',
        'user_id',
        'email',
        'identifier_key',
        'page_key',
        'user_agent_key',
        'utm_source',
        'utm_medium',
        'utm_campaign',
        'url_source',
        'url_medium',
        'url_campaign',
        'clicked_on',
        'referrer_host',
        'country_code',
        'source',
    ]
) }}
