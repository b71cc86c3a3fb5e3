{{ all_raw_rows('crm_opportunity_contacts') }}
