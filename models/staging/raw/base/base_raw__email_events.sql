{{ base_rows('email_events', more={
    'identifier_key': event_identifier_key('email_events'),
    'crm_identifier_key': crm_identifier_key('crm_lead_id', 'crm_contact_id'),
}, record=event_key('email'), event_time='occurred_at') }}
