{{ accepted_rows(ref('base_raw__crm_contacts'), raw_columns('crm_contacts')) }}
