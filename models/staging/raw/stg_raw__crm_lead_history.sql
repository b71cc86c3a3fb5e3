{{ accepted_rows(
    ref('base_raw__crm_lead_history'),
    ['record_key as event_key'] + raw_columns('crm_lead_history') | list + ['identifier_key'],
    synced=[ref('stg_raw__first_syncs'), 'crm_lead_history'],
) }}
