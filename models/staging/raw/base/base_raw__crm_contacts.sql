{{ base_rows('crm_contacts') }}
