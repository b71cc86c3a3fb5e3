{{ base_rows('email_events') }}
