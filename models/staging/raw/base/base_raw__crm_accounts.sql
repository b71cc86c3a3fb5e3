{{ base_rows('crm_accounts') }}
