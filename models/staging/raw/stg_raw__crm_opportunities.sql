{{ accepted_rows(ref('base_raw__crm_opportunities'), record_columns('crm_opportunities')) }}
