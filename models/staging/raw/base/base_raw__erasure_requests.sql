{# What a request names goes no further than this table, but as hashes; not even
   the raw row does, unless it cannot be used. #}
{{ base_rows('erasure_requests', more={
    'request_key': raw_row_hash('found_rows'),
    'email_key': identifier_key('email', 'email'),
    'device_key': key(['anonymous_id']),
    'crm_lead_key': identifier_key('crm_lead', 'crm_lead_id'),
}, leave_out=['email', 'anonymous_id', 'crm_lead_id']) }}
