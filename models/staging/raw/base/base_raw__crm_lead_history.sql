{{ base_rows('crm_lead_history') }}
