{{ accepted_rows(
    ref('base_raw__crm_opportunities'),
    record_columns('crm_opportunities'),
    without_deleted=true,
    known=[ref('first_knowledge'), 'crm_opportunities', 'opportunity_id'],
) }}
