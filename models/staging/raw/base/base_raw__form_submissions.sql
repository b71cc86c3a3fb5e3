{{ base_rows('form_submissions', more=dict(url_tags('found_rows.page_url'), **{
    'device_key': key(['anonymous_id']),
    'page_key': key([url_path('page_url')]),
    'identifier_key': event_identifier_key('form_submissions'),
}), leave_out=['page_url'], record=event_key('form'), event_time='occurred_at', device_clock=true) }}
