{{ base_rows('crm_activities') }}
