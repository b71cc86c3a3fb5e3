{{ all_raw_rows('crm_lead_history') }}
