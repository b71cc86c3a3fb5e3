{{ accepted_rows(
    ref('base_raw__crm_opportunity_history'),
    raw_columns('crm_opportunity_history'),
    synced=[ref('stg_raw__first_syncs'), 'crm_opportunity_history'],
) }}
