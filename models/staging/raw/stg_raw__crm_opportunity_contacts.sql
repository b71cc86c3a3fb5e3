{{ accepted_rows(
    ref('base_raw__crm_opportunity_contacts'),
    ['record_key as opportunity_contact_key'] + raw_columns('crm_opportunity_contacts') | list,
    without_deleted=true,
    synced=[ref('stg_raw__first_syncs'), 'crm_opportunity_contacts'],
) }}
