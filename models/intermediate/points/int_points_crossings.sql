{# Where a cycle's behaviour points first reach the threshold while the fit is
   good enough: the lead is marketing-qualified by points at that event's
   time. One row per cycle that gets there. #}
with

thresholds as (

    select
        max(case when name = 'behavior' then cast(value as double) end)
            as behavior_threshold,
        max(case when name = 'mql_min_fit' then cast(value as double) end)
            as minimum_fit

    from {{ ref('points_thresholds') }}

),

candidates as (

    select running.*

    from {{ ref('int_points_running') }} as running

    cross join thresholds

    {# Rounded before the cut: sums of doubles differ in their last digits. #}
    where round(running.points_behavior, 6) >= thresholds.behavior_threshold

),

fit_then as (

    select
        candidates.ledger_entry_key,
        coalesce(sum(fit_awards.points), cast(0 as double)) as points_fit

    from candidates

    left join {{ ref('int_fit_awards') }} as fit_awards
        on
            candidates.lead_key = fit_awards.lead_key
            and candidates.occurred_at >= fit_awards.known_at

    group by candidates.ledger_entry_key

),

ranked as (

    select
        candidates.*,
        fit_then.points_fit,
        row_number() over (
            partition by candidates.lead_key, candidates.cycle_number
            order by candidates.occurred_at, candidates.ledger_entry_key
        ) as crossing_number

    from candidates

    inner join fit_then
        on candidates.ledger_entry_key = fit_then.ledger_entry_key

    cross join thresholds

    where fit_then.points_fit >= thresholds.minimum_fit

),

final as (

    select
        ledger_entry_key,
        lead_key,
        cycle_number,
        occurred_at,
        known_at,
        event_key,
        points_behavior,
        points_fit

    from ranked

    where crossing_number = 1

)

select * from final
