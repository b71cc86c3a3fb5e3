{{ base_rows('email_events', more={
    'identifier_key': identifier_key('email', 'email'),
}, record=event_key('email')) }}
