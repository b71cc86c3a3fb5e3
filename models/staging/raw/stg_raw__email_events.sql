{{ accepted_rows(
    ref('base_raw__email_events'),
    ['record_key as event_key'] + raw_columns('email_events') | list + ['identifier_key'],
) }}
