{# One row per lead and moment of decision: the first midnight at which the start
   of a cycle was known, each Monday of its first weeks while the cycle is open and
   before sql, later Mondays more rarely, and the first midnight at which a handoff
   was known. Midnights, because scores are made by a nightly run: an example knows
   what such a run would have known. The label looks from there to the horizon. #}
with

clock as (

    select * from {{ ref('clock') }}

),

{# All that follows is of these leads, so that a whole build is made by buckets of them. #}
cycles as (

    select *

    from {{ ref('fct_lead_cycles') }} as cycles

    where {{ in_bucket('cycles.lead_key', ref('cycle_bounds')) }}

),

bounds as (

    select
        lead_key,
        cycle_number,
        next_started_at,
        started_by

    from {{ ref('cycle_bounds') }}

),

entries as (

    select * from {{ ref('stage_entries') }}

),

handoffs as (

    select
        lead_key,
        cycle_number,
        {{ next_midnight('greatest(entered_at, known_at)') }} as known_at

    from entries

    where stage = 'mql'

),

sales_touches as (

    select
        lead_key,
        occurred_at

    from {{ ref('lead_events') }}

    where is_sales_touch

),

observability as (

    select * from {{ ref('lead_observability') }}

),

{# A cycle may be open for years. Later Mondays are as far apart as the weekly ones
   reach: a lead that is open for a year is no more than twice as many rows as one that
   is open for two months, and does not outweigh it. #}
weeks as (

    select
        cast(number * 7 as double) as days,
        case when number <= {{ var('example_weeks') }} then 'weekly' else 'later' end
            as example_kind

    from ({{ whole_numbers() }}) as whole_numbers

    where
        number <= {{ var('example_weeks') }}
        or number % {{ var('example_weeks') }} = 0

),

{# They are read twice: without the condition, DuckDB would keep those of all leads in each bucket. #}
contacts as (

    select
        lead_key,
        occurred_at,
        known_at

    from {{ ref('lead_events') }}

    where
        {{ in_bucket('lead_key', ref('cycle_bounds')) }}
        and (is_engagement or event_type = 'lead_created')

),

{# A contact that turns up late may have moved the start of its cycle back. What was
   decided before it was known took a later contact for the start. #}
late_cycles as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        bounds.next_started_at

    from cycles

    inner join bounds
        on
            cycles.lead_key = bounds.lead_key
            and cycles.cycle_number = bounds.cycle_number

    inner join contacts
        on
            cycles.lead_key = contacts.lead_key
            and cycles.started_at = contacts.occurred_at

    where bounds.started_by <> 'signal'

    group by
        cycles.lead_key, cycles.cycle_number, cycles.started_at, bounds.next_started_at

    having
        {{ next_midnight('min(contacts.known_at)') }}
        > {{ next_midnight('cycles.started_at') }}

),

late_contacts as (

    select
        late_cycles.lead_key,
        late_cycles.cycle_number,
        {{ next_midnight('contacts.known_at') }} as known_at,
        min(contacts.occurred_at) as started_at

    from late_cycles

    inner join contacts
        on
            late_cycles.lead_key = contacts.lead_key
            and contacts.occurred_at >= late_cycles.started_at
            and contacts.occurred_at < late_cycles.next_started_at

    group by
        late_cycles.lead_key, late_cycles.cycle_number,
        {{ next_midnight('contacts.known_at') }}

),

{# What was taken for the start until an earlier contact was known. #}
late_starts as (

    select
        lead_key,
        cycle_number,
        started_at,
        known_at,
        earlier_started_at is null as is_first,
        lead(known_at) over (
            partition by lead_key, cycle_number
            order by known_at
        ) as taken_until

    from (
        select
            *,
            min(started_at) over (
                partition by lead_key, cycle_number
                order by known_at
                rows between unbounded preceding and 1 preceding
            ) as earlier_started_at

        from late_contacts
    ) as ordered_contacts

    where earlier_started_at is null or started_at < earlier_started_at

),

open_cycles as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        {{ week_start('coalesce(first_known.started_at, cycles.started_at)') }}
            as first_week_start_at,
        coalesce(
            first_known.known_at,
            {{ next_midnight('greatest(cycles.started_at, cycles.known_at)') }}
        ) as known_at,
        cycles.mql_at,
        cycles.sal_at,
        least(cycles.sql_at, cycles.ended_at, bounds.next_started_at, clock.as_of)
            as open_until

    from cycles

    inner join bounds
        on
            cycles.lead_key = bounds.lead_key
            and cycles.cycle_number = bounds.cycle_number

    left join late_starts as first_known
        on
            cycles.lead_key = first_known.lead_key
            and cycles.cycle_number = first_known.cycle_number
            and first_known.is_first

    cross join clock

),

moments as (

    select
        lead_key,
        cycle_number,
        started_at,
        known_at as as_of,
        'entry' as example_kind,
        2 as preference_rank

    from open_cycles

    where known_at < open_until

    union all

    select
        open_cycles.lead_key,
        open_cycles.cycle_number,
        open_cycles.started_at,
        handoffs.known_at as as_of,
        'handoff' as example_kind,
        1 as preference_rank

    from open_cycles

    inner join handoffs
        on
            open_cycles.lead_key = handoffs.lead_key
            and open_cycles.cycle_number = handoffs.cycle_number

    where handoffs.known_at < open_cycles.open_until

    union all

    select
        open_cycles.lead_key,
        open_cycles.cycle_number,
        open_cycles.started_at,
        {{ add_days('open_cycles.first_week_start_at', 'weeks.days') }} as as_of,
        weeks.example_kind,
        3 as preference_rank

    from open_cycles

    {# Days are compared and not moments, so that none is worked out for each of all pairs. #}
    inner join weeks
        on
            weeks.days < {{ days_between('open_cycles.first_week_start_at', 'open_cycles.open_until') }}
            and weeks.days > {{ days_between('open_cycles.first_week_start_at', 'open_cycles.known_at') }}

),

preferred as (

    select
        *,
        row_number() over (
            partition by lead_key, as_of
            order by preference_rank, cycle_number
        ) as choice

    from moments

),

examples as (

    select
        preferred.lead_key,
        preferred.cycle_number,
        coalesce(late_starts.started_at, preferred.started_at) as started_at,
        preferred.as_of,
        preferred.example_kind

    from preferred

    left join late_starts
        on
            preferred.lead_key = late_starts.lead_key
            and preferred.cycle_number = late_starts.cycle_number
            and preferred.as_of >= late_starts.known_at
            and (preferred.as_of < late_starts.taken_until or late_starts.taken_until is null)

    where preferred.choice = 1

),

wins as (

    select * from {{ ref('lead_wins') }}

),

won as (

    select
        examples.lead_key,
        examples.as_of,
        min(wins.won_at) as won_at,
        max(wins.converted_amount) as won_amount

    from examples

    inner join wins
        on
            examples.lead_key = wins.lead_key
            and wins.won_at > examples.as_of
            and {{ is_in_horizon('wins.won_at', 'examples.as_of') }}

    group by examples.lead_key, examples.as_of

),

{# That a colleague was won is no loss. #}
colleagues_wins as (

    select * from {{ ref('colleagues_wins') }}

),

account_won as (

    select distinct
        examples.lead_key,
        examples.as_of

    from examples

    inner join colleagues_wins
        on
            examples.lead_key = colleagues_wins.lead_key
            and colleagues_wins.won_at > examples.as_of
            and {{ is_in_horizon('colleagues_wins.won_at', 'examples.as_of') }}

),

{# Work is looked for where wins are: from the cycle's start to the horizon, be its end in between. A
   win of the next cycle is one of the example, and so is work on it. int_rule_cycles judges cycles, and
   forecast_backtest what came after a handoff: each looks where its wins are. #}
first_touches as (

    select
        open_cycles.lead_key,
        open_cycles.cycle_number,
        min(sales_touches.occurred_at) as touched_at

    from open_cycles

    inner join sales_touches
        on
            open_cycles.lead_key = sales_touches.lead_key
            and sales_touches.occurred_at >= open_cycles.started_at

    group by open_cycles.lead_key, open_cycles.cycle_number

),

{# What depends on the clock is here: the labels of all examples are made by every
   run, and the features only of leads where anything is another than it was. #}
final as (

    select
        examples.lead_key,
        examples.as_of,
        examples.example_kind,
        examples.cycle_number,
        examples.started_at,
        case
            when open_cycles.sal_at <= examples.as_of then 'sal'
            when open_cycles.mql_at <= examples.as_of then 'mql'
            else 'inquiry'
        end as stage,
        {{ add_days('examples.as_of', var('label_horizon_days')) }}
            as label_known_at,
        {{ is_mature('examples.as_of', 'clock.as_of') }} as is_mature,
        won.won_at,
        won.won_amount,
        won.won_at is null and account_won.lead_key is not null as is_account_won,
        {{ is_win_seen('examples.as_of', 'observability') }}
            as are_wins_seen,
        {# Whatever came of it: were a win alone work, only the wins among the untouched
           would be learnt from. #}
        case
            when
                first_touches.touched_at is not null
                or examples.as_of >= observability.follow_up_observable_from
                then {{ is_in_horizon('first_touches.touched_at', 'examples.as_of') }}
        end as is_worked

    from examples

    inner join open_cycles
        on
            examples.lead_key = open_cycles.lead_key
            and examples.cycle_number = open_cycles.cycle_number

    cross join clock

    left join observability
        on examples.lead_key = observability.lead_key

    left join won
        on
            examples.lead_key = won.lead_key
            and examples.as_of = won.as_of

    left join account_won
        on
            examples.lead_key = account_won.lead_key
            and examples.as_of = account_won.as_of

    left join first_touches
        on
            examples.lead_key = first_touches.lead_key
            and examples.cycle_number = first_touches.cycle_number

)

select * from final
