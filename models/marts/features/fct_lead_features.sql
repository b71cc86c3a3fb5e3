with

clock as (

    select * from {{ ref('clock') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

spine as (

    select
        cycles.lead_key,
        clock.as_of,
        cycles.cycle_number,
        cycles.current_stage as stage,
        cycles.origin,
        cycles.is_customer_asking,
        {# A row may be dated up to a day after it arrived: its lead is there all the same. #}
        least(cycles.started_at, clock.as_of) as started_at

    from cycles

    cross join clock

    where
        cycles.is_current
        and cycles.outcome = 'open'
        and cycles.current_stage in ({{ literals(stages_before_sql()) }})

),

{{ feature_inputs(
    'spine',
    lead_events=ref('lead_events'),
    points_ledger=ref('points_ledger'),
    fit_awards=ref('fit_awards')
) }},

{{ account_engagements(ref('lead_accounts'), ref('lead_events')) }},

{{ lead_features(
    'spine',
    profiles=ref('lead_profiles'),
    events='feature_events',
    points='feature_points',
    account_leads='account_leads',
    account_engagements='account_engagements',
    is_one_moment=true
) }},

final as (

    select
        spine.cycle_number,
        spine.stage,
        spine.origin,
        spine.is_customer_asking,
        lead_features.*

    from spine

    inner join lead_features
        on spine.lead_key = lead_features.lead_key

)

select * from final
order by lead_key
