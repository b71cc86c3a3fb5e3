{{ accepted_rows(
    ref('base_raw__crm_contacts'),
    raw_columns('crm_contacts'),
    known=[ref('first_knowledge'), 'crm_contacts', 'contact_id'],
) }}
