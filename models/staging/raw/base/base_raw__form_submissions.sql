{{ base_rows('form_submissions', more={
    'device_key': key(['anonymous_id']),
    'page_key': key([url_path('page_url')]),
}, leave_out=['page_url']) }}
