{{ accepted_rows(
    ref('base_raw__crm_activities'),
    ['record_key as event_key'] + raw_columns('crm_activities') | list,
) }}
