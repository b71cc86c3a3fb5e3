{{ accepted_rows(
    ref('base_raw__email_events'),
    ['record_key as event_key', 'first_occurred_at as occurred_at']
    + raw_columns('email_events') | reject('equalto', 'occurred_at') | list
    + ['identifier_key', 'crm_identifier_key'],
    synced=[ref('stg_raw__first_syncs'), 'email_events'],
) }}
