{{ base_rows('form_submissions', more=dict(url_tags('found_rows.page_url', 'found_rows.click_id'), **{
    'device_key': key(['anonymous_id']),
    'page_key': key([url_path('page_url')]),
    'identifier_key': event_identifier_key('form_submissions'),
    'crm_identifier_key': crm_identifier_key('crm_lead_id', 'crm_contact_id'),
}), leave_out=['page_url', 'click_id'], record=event_key('form'), event_time='occurred_at', device_clock=true) }}
