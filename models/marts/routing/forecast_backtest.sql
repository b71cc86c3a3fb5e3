{# One row per past week of handoffs: the wins that were to be expected of them, and
   those that came. A published week has the probabilities of its night. For weeks
   before anything was published the model that was judged stands in: it had seen
   neither these leads nor anything of their time. A probability holds for a lead that
   sales works, so only worked ones are compared. #}
with

clock as (

    select * from {{ ref('clock') }}

),

decisions as (

    select
        lead_key,
        decided_at,
        {{ reporting_week(reporting_time('decided_at')) }} as week_date,
        probability,
        model_version,
        label_state

    from {{ ref('handoff_decisions') }}

    where
        is_handed_over
        and probability is not null

),

sales_touches as (

    select
        lead_key,
        occurred_at

    from {{ ref('lead_events') }}

    where is_sales_touch

),

worked as (

    select distinct
        decisions.lead_key,
        decisions.decided_at

    from decisions

    inner join sales_touches
        on
            decisions.lead_key = sales_touches.lead_key
            and sales_touches.occurred_at > decisions.decided_at
            and {{ is_in_horizon('sales_touches.occurred_at', 'decisions.decided_at') }}

),

handed_over as (

    select
        decisions.week_date,
        decisions.model_version,
        decisions.probability,
        decisions.label_state <> 'immature' as is_settled,
        case
            when decisions.label_state <> 'immature' and worked.lead_key is not null then 1
            else 0
        end as worked_lead,
        case when decisions.label_state = 'won' then 1 else 0 end as won_lead

    from decisions

    left join worked
        on
            decisions.lead_key = worked.lead_key
            and decisions.decided_at = worked.decided_at

),

published_weeks as (

    select
        'published' as basis,
        week_date,
        max(model_version) as model_version,
        count(*) as handoffs,
        sum(probability) as promised_wins,
        sum(worked_lead) as worked_handoffs,
        sum(worked_lead * probability) as expected_wins,
        1.96 * sqrt(sum(worked_lead * probability * (1 - probability))) + 0.5 as reach,
        sum(worked_lead * won_lead) as wins,
        min(case when is_settled then 1 else 0 end) = 1 as is_settled

    from handed_over

    group by week_date

),

{# Training judges on worked handoffs alone, by weeks as they began when it ran. #}
tested_weeks as (

    select
        'tested' as basis,
        {{ reporting_week('cast(metrics.subset as date)') }} as week_date,
        metrics.model_version,
        max(case when metrics.metric = 'handoffs' then metrics.value end) as handoffs,
        cast(null as double) as promised_wins,
        max(case when metrics.metric = 'handoffs' then metrics.value end) as worked_handoffs,
        max(case when metrics.metric = 'handoff_wins_expected' then metrics.value end)
            as expected_wins,
        max(metrics.interval_low) as low,
        max(metrics.interval_high) as high,
        max(case when metrics.metric = 'handoff_wins' then metrics.value end) as wins

    from {{ source('ml', 'model_metrics') }} as metrics

    inner join {{ ref('model_registry') }} as registry
        on
            metrics.model_version = registry.model_version
            and registry.is_scoring

    where metrics.metric in ('handoffs', 'handoff_wins', 'handoff_wins_expected')

    group by metrics.model_version, metrics.subset

),

weeks as (

    select
        basis,
        week_date,
        model_version,
        handoffs,
        promised_wins,
        case when is_settled then worked_handoffs end as worked_handoffs,
        case when is_settled then expected_wins end as expected_wins,
        case when is_settled then greatest(expected_wins - reach, 0) end
            as expected_wins_low,
        case when is_settled then least(expected_wins + reach, worked_handoffs) end
            as expected_wins_high,
        case when is_settled then wins end as wins

    from published_weeks

    union all

    select
        basis,
        week_date,
        model_version,
        handoffs,
        promised_wins,
        worked_handoffs,
        expected_wins,
        low as expected_wins_low,
        high as expected_wins_high,
        wins

    from tested_weeks

),

final as (

    select
        weeks.week_date,
        weeks.basis,
        clock.as_of,
        weeks.model_version,
        cast(weeks.handoffs as bigint) as handoffs,
        cast(weeks.promised_wins as double) as promised_wins,
        cast(weeks.worked_handoffs as bigint) as worked_handoffs,
        cast(weeks.expected_wins as double) as expected_wins,
        cast(weeks.expected_wins_low as double) as expected_wins_low,
        cast(weeks.expected_wins_high as double) as expected_wins_high,
        cast(weeks.wins as bigint) as wins,
        weeks.wins between round(weeks.expected_wins_low, 9)
        and round(weeks.expected_wins_high, 9) as is_within

    from weeks

    cross join clock

)

select * from final

order by week_date, basis
