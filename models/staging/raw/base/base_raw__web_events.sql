{# Text ids, addresses and raw JSON are most of the cost of what follows, so only
   compact keys are kept. #}
{{ base_rows('web_events', more=dict(url_tags('found_rows.page_url', 'found_rows.click_id'), **{
    'device_key': key(['anonymous_id']),
    'page_key': key([url_path('page_url')]),
    'user_agent_key': key(['user_agent']),
    'referrer_host': url_host('referrer_url'),
    'identifier_key': event_identifier_key('web_events'),
}), leave_out=[
    'event_id', 'anonymous_id', 'session_id', 'page_url', 'user_agent', 'referrer_url', 'click_id',
    'utm_content', 'utm_term',
], event_time='occurred_at', device_clock=true) }}
