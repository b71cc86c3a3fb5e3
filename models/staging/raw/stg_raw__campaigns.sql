{{ accepted_rows(
    ref('base_raw__campaigns'),
    columns=[
        'campaign_id',
        'name',
        'channel',
        'started_at',
        'ended_at',
        'target_persona',
    ]
) }}
