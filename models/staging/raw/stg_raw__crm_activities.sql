{{ accepted_rows(
    ref('base_raw__crm_activities'),
    columns=[
        'record_key as event_key',
        'activity_id',
        'activity_type',
        'direction',
        'occurred_at',
        'lead_id',
        'contact_id',
        'opportunity_id',
        'rep_id',
        'outcome',
        'duration_minutes',
    ]
) }}
