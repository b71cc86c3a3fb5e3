{{ accepted_rows(
    ref('base_raw__crm_lead_history'),
    columns=[
        'record_key as event_key',
        'history_id',
        'lead_id',
        'field_name',
        'old_value',
        'new_value',
        'changed_at',
        'changed_by',
        'identifier_key',
    ]
) }}
