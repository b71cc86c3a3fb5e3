{{ base_rows('crm_opportunities') }}
