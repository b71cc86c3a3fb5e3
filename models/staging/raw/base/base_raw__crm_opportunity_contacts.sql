{{ base_rows('crm_opportunity_contacts') }}
