{{ accepted_rows(ref('base_raw__crm_opportunity_history'), raw_columns('crm_opportunity_history')) }}
