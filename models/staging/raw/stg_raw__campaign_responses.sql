{{ accepted_rows(
    ref('base_raw__campaign_responses'),
    ['record_key as event_key'] + raw_columns('campaign_responses') | list,
    without_deleted=true,
    synced=[ref('stg_raw__first_syncs'), 'campaign_responses'],
) }}
