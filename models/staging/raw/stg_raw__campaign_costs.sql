{{ accepted_rows(
    ref('base_raw__campaign_costs'),
    ['record_key as campaign_cost_key'] + raw_columns('campaign_costs') | list,
) }}
