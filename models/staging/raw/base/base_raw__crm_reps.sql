{{ base_rows('crm_reps') }}
