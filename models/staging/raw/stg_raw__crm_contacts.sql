{{ accepted_rows(
    ref('base_raw__crm_contacts'),
    record_columns('crm_contacts'),
    known=[ref('first_knowledge'), 'crm_contacts', 'contact_id'],
    synced=[ref('stg_raw__first_syncs'), 'crm_contacts'],
) }}
