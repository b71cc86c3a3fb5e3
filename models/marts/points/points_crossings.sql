{# Where a cycle's behaviour points first stand at the threshold while the fit is good
   enough: the lead is marketing-qualified by points from that moment. That is an
   award, or the moment at which the fit became known. Who has earned a rule that
   blocks (a competitor, a student, a job seeker) is not handed over by points.
   One row per cycle that gets there. #}
with

thresholds as (

    {{ threshold_row(ref('points_thresholds'), ['behavior', 'mql_min_fit']) }}

),

ledger as (

    select * from {{ ref('points_ledger') }}

),

at_awards as (

    select
        running.ledger_entry_key,
        running.lead_key,
        running.cycle_number,
        running.occurred_at as reached_at,
        running.known_at,
        running.event_key,
        running.points_behavior

    from {{ ref('int_points_running') }} as running

    cross join thresholds

    {# Rounded before the cut: sums of doubles differ in their last digits. #}
    where
        running.entry_type = 'award'
        and round(running.points_behavior, 6) >= thresholds.behavior

),

fit_awards as (

    select
        ledger.ledger_entry_key,
        ledger.lead_key,
        ledger.occurred_at as reached_at,
        cycles.cycle_number

    from ledger

    inner join {{ ref('cycle_bounds') }} as cycles
        on
            ledger.lead_key = cycles.lead_key
            and ledger.occurred_at >= cycles.started_at
            and ledger.occurred_at < cycles.next_started_at

    inner join (
        select distinct
            lead_key,
            cycle_number

        from at_awards
    ) as crossing_cycles
        on
            cycles.lead_key = crossing_cycles.lead_key
            and cycles.cycle_number = crossing_cycles.cycle_number

    where ledger.dimension = 'fit' and ledger.points > 0

),

{# Few moments with all entries, and many with the few of fit: neither grows with the
   square of what a lead does. #}
{{ points_at('ledger', 'fit_awards', 'reached_at', name='points_at_fit') }},

{{ points_at('ledger', 'at_awards', 'reached_at', dimensions=['fit'], name='fit_at_awards') }},

candidates as (

    select
        at_awards.ledger_entry_key,
        at_awards.lead_key,
        at_awards.cycle_number,
        at_awards.reached_at,
        at_awards.known_at,
        at_awards.event_key,
        at_awards.points_behavior,
        fit_at_awards.points_fit

    from at_awards

    inner join fit_at_awards
        on
            at_awards.lead_key = fit_at_awards.lead_key
            and at_awards.reached_at = fit_at_awards.reached_at

    union all

    select
        fit_awards.ledger_entry_key,
        fit_awards.lead_key,
        fit_awards.cycle_number,
        fit_awards.reached_at,
        fit_awards.reached_at as known_at,
        {{ key(['cast(null as string)']) }} as event_key,
        points_at_fit.points_behavior,
        points_at_fit.points_fit

    from fit_awards

    inner join points_at_fit
        on
            fit_awards.lead_key = points_at_fit.lead_key
            and fit_awards.reached_at = points_at_fit.reached_at

    cross join thresholds

    where points_at_fit.points_behavior >= thresholds.behavior

),

{# The first moment that blocks: of fit for good, of behaviour for the cycle. #}
blocks as (

    select
        lead_key,
        cycle_number,
        min(occurred_at) as blocked_at

    from ledger

    where blocks_mql

    group by lead_key, cycle_number

),

ranked as (

    select
        candidates.*,
        row_number() over (
            partition by candidates.lead_key, candidates.cycle_number
            order by candidates.reached_at, candidates.ledger_entry_key
        ) as crossing_number

    from candidates

    cross join thresholds

    left join blocks as cycle_blocks
        on
            candidates.lead_key = cycle_blocks.lead_key
            and candidates.cycle_number = cycle_blocks.cycle_number

    left join blocks as lead_blocks
        on
            candidates.lead_key = lead_blocks.lead_key
            and lead_blocks.cycle_number is null

    where
        candidates.points_fit >= thresholds.mql_min_fit
        and (
            cycle_blocks.blocked_at is null
            or cycle_blocks.blocked_at > candidates.reached_at
        )
        and (
            lead_blocks.blocked_at is null
            or lead_blocks.blocked_at > candidates.reached_at
        )

),

final as (

    select
        ledger_entry_key,
        lead_key,
        cycle_number,
        reached_at as occurred_at,
        known_at,
        event_key,
        points_behavior,
        points_fit

    from ranked

    where crossing_number = 1

)

select * from final
