{{ accepted_rows(
    ref('base_raw__crm_accounts'),
    record_columns('crm_accounts'),
    without_deleted=true,
    synced=[ref('stg_raw__first_syncs'), 'crm_accounts'],
) }}
