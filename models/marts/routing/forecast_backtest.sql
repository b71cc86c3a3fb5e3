{# One row per past week of handoffs: the wins that were to be expected of them, and
   those that came. A published week has the probabilities of its night. For weeks
   before anything was published the model that was judged stands in: it had seen
   neither these leads nor anything of their time. A probability holds for a lead that
   sales works, so only worked ones are compared. The range allows for chance, and for what the
   weeks missed whose outcome was known by then. #}
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

{# A promise is of what sales does from then on, and of wins within the horizon: so is the work. #}
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
        sum(worked_lead * probability * (1 - probability)) as variance,
        sum(worked_lead * won_lead) as wins,
        min(case when is_settled then 1 else 0 end) = 1 as is_settled

    from handed_over

    group by week_date

),

{# What training measured of each week of the test: of these metrics every subset is a date. #}
measured as (

    select
        model_version,
        subset,
        max(case when metric = 'handoffs' then value end) as handoffs,
        max(case when metric = 'handoff_wins' then value end) as wins,
        max(case when metric = 'handoff_wins_expected' then value end) as expected_wins,
        max(case when metric = 'handoff_wins_variance' then value end) as variance

    from {{ source('ml', 'model_metrics') }}

    where
        metric in (
            'handoffs', 'handoff_wins', 'handoff_wins_expected', 'handoff_wins_variance'
        )

    group by model_version, subset

),

trained_levels as (

    {{ trained_levels(source('ml', 'model_metrics')) | indent(4) }}

),

{# Training judges on worked handoffs alone, by weeks as they began when it ran. Of an earlier
   version the variance is not known: it is at most this. #}
tested_weeks as (

    select
        'tested' as basis,
        {{ reporting_week('cast(measured.subset as date)') }} as week_date,
        measured.model_version,
        registry.is_scoring as is_shown,
        measured.handoffs,
        measured.expected_wins,
        coalesce(
            measured.variance,
            measured.expected_wins * (1 - measured.expected_wins / measured.handoffs)
        ) as variance,
        measured.wins

    from measured

    inner join {{ ref('model_registry') }} as registry
        on measured.model_version = registry.model_version

    where measured.handoffs > 0

),

weeks as (

    select
        basis,
        week_date,
        model_version,
        true as is_shown,
        {{ add_days('cast(week_date as timestamp)', 7 + var('label_horizon_days')) }}
            as known_at,
        handoffs,
        promised_wins,
        case when is_settled then worked_handoffs end as worked_handoffs,
        case when is_settled then expected_wins end as expected_wins,
        case when is_settled then variance end as variance,
        case when is_settled then wins end as wins

    from published_weeks

    union all

    select
        basis,
        week_date,
        model_version,
        is_shown,
        cast(null as timestamp) as known_at,
        handoffs,
        cast(null as double) as promised_wins,
        handoffs as worked_handoffs,
        expected_wins,
        variance,
        wins

    from tested_weeks

),

{# What was known of the level when a week was promised, each week once: those that the version was
   tested on, which are known wherever it promises, and of those published the ones after
   its test, once their outcome was known when the week began. What it was trained on is in its
   level_variance, as is all that a week of its test could know. So later versions change no
   past range. #}
known_before as (

    select
        weeks.week_date,
        weeks.model_version,
        sum({{ level_excess('earlier.wins', 'earlier.expected_wins', 'earlier.variance') }})
            as excess,
        sum({{ level_weight('earlier.variance') }}) as weight

    from weeks

    left join {{ ref('model_registry') }} as registry
        on weeks.model_version = registry.model_version

    inner join weeks as earlier
        on
            earlier.wins is not null
            and {{ tells_of_level('earlier', 'weeks.model_version', 'registry.test_until') | indent(12) }}
            and (
                earlier.basis = 'tested'
                or earlier.known_at <= cast(weeks.week_date as timestamp)
            )

    where weeks.basis = 'published'

    group by weeks.week_date, weeks.model_version

),

levelled as (

    select
        weeks.*,
        {{ level_deviation(
            'trained_levels.level_variance',
            'known_before.excess',
            'known_before.weight',
        ) | indent(8) }} as level_deviation

    from weeks

    left join known_before
        on
            weeks.basis = 'published'
            and weeks.week_date = known_before.week_date
            and weeks.model_version = known_before.model_version

    left join trained_levels
        on weeks.model_version = trained_levels.model_version

    where weeks.is_shown

),

reaches as (

    select
        *,
        {{ promise_reach('variance', 'level_deviation') }} as reach

    from levelled

),

ranges as (

    select
        *,
        case when expected_wins is not null then round(greatest(expected_wins - reach, 0), 6) end
            as expected_wins_low,
        case
            when expected_wins is not null
                then round(least(expected_wins + reach, worked_handoffs), 6)
        end as expected_wins_high

    from reaches

),

final as (

    select
        ranges.week_date,
        ranges.basis,
        clock.as_of,
        ranges.model_version,
        cast(ranges.handoffs as bigint) as handoffs,
        cast(ranges.promised_wins as double) as promised_wins,
        cast(ranges.worked_handoffs as bigint) as worked_handoffs,
        cast(ranges.expected_wins as double) as expected_wins,
        cast(ranges.expected_wins_low as double) as expected_wins_low,
        cast(ranges.expected_wins_high as double) as expected_wins_high,
        cast(ranges.variance as double) as wins_variance,
        cast(round(ranges.level_deviation, 6) as double) as level_deviation,
        cast(ranges.wins as bigint) as wins,
        ranges.wins between ranges.expected_wins_low and ranges.expected_wins_high
            as is_within

    from ranges

    cross join clock

)

select * from final

order by week_date, basis
