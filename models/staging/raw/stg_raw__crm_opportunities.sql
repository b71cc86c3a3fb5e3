{{ accepted_rows(
    ref('base_raw__crm_opportunities'),
    record_columns('crm_opportunities') + ['loaded_at as arrived_at'],
    without_deleted=true,
    merged_into='merged_into_opportunity_id',
    known=[ref('first_knowledge'), 'crm_opportunities', 'opportunity_id'],
    synced=[ref('stg_raw__first_syncs'), 'crm_opportunities'],
) }}
