{{ base_rows('email_events', more={
    'identifier_key': event_identifier_key('email_events'),
}, record=event_key('email'), event_time='occurred_at') }}
