{{ base_rows(
    'crm_activities',
    record=key(["'activity:' || found_rows.activity_id"]),
    members=['lead_id', 'contact_id'],
) }}
