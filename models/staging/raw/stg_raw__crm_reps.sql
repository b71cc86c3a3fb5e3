{{ accepted_rows(ref('base_raw__crm_reps'), raw_columns('crm_reps')) }}
