{{ accepted_rows(ref('base_raw__crm_leads'), record_columns('crm_leads')) }}
