{{ accepted_rows(
    ref('base_raw__crm_reps'),
    columns=[
        'rep_id',
        'name',
        'email',
        'team_id',
        'is_active',
        'hired_at',
    ]
) }}
