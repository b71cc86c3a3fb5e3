{{ accepted_rows(ref('base_raw__crm_accounts'), raw_columns('crm_accounts'), without_deleted=true) }}
