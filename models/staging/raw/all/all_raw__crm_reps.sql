{{ all_raw_rows('crm_reps') }}
