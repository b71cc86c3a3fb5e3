{{ accepted_rows(ref('base_raw__crm_leads'), raw_columns('crm_leads')) }}
