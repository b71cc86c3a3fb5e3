{{ base_rows('crm_leads') }}
