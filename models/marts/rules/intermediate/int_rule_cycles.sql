{# What rules could have told of a cycle: one row per cycle that sales
   worked and whose label horizon is over, and rule awarded in it before sales first
   touched the lead or took it over; one without a rule where there is none. What a lead
   does after that is an answer to sales, and no evidence for a rule. Where follow-up
   cannot be seen, a cycle may have been worked, and counts; where a win cannot be seen,
   nothing can be told. #}
with

clock as (

    select * from {{ ref('clock') }}

),

ledger as (

    select * from {{ ref('points_ledger') }}
    where entry_type = 'award'

),

touches as (

    select
        lead_key,
        occurred_at

    from {{ ref('lead_events') }}

    where is_sales_touch

),

observability as (

    select * from {{ ref('lead_observability') }}

),

bounds as (

    select
        lead_key,
        cycle_number,
        next_started_at

    from {{ ref('cycle_bounds') }}

),

mature_cycles as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        cycles.closed_won_at is not null as is_won,
        cycles.sal_at,
        least(cycles.sal_at, cycles.sql_at, cycles.ended_at, bounds.next_started_at)
            as taken_over_at,
        bounds.next_started_at

    from {{ ref('fct_lead_cycles') }} as cycles

    inner join bounds
        on
            cycles.lead_key = bounds.lead_key
            and cycles.cycle_number = bounds.cycle_number

    cross join clock

    where {{ is_mature('cycles.started_at', 'clock.as_of') }}

),

{# Rules are judged by what became of a cycle, so that work on the next is none on this one. #}
first_touches as (

    select
        mature_cycles.lead_key,
        mature_cycles.cycle_number,
        min(touches.occurred_at) as touched_at

    from mature_cycles

    inner join touches
        on
            mature_cycles.lead_key = touches.lead_key
            and touches.occurred_at >= mature_cycles.started_at
            and touches.occurred_at < mature_cycles.next_started_at

    group by mature_cycles.lead_key, mature_cycles.cycle_number

),

cycles as (

    select
        mature_cycles.lead_key,
        mature_cycles.cycle_number,
        mature_cycles.is_won,
        least(mature_cycles.taken_over_at, first_touches.touched_at) as judged_until

    from mature_cycles

    left join first_touches
        on
            mature_cycles.lead_key = first_touches.lead_key
            and mature_cycles.cycle_number = first_touches.cycle_number

    left join observability
        on mature_cycles.lead_key = observability.lead_key

    where
        mature_cycles.started_at >= observability.wins_observable_from
        and (
            first_touches.touched_at is not null
            or mature_cycles.sal_at is not null
            or observability.follow_up_observable_from is null
            or mature_cycles.started_at < observability.follow_up_observable_from
        )

),

final as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.is_won,
        ledger.rule_id,
        count(ledger.rule_id) as awards

    from cycles

    left join ledger
        on
            cycles.lead_key = ledger.lead_key
            and ledger.occurred_at < cycles.judged_until
            and (
                ledger.dimension = 'fit'
                or ledger.cycle_number = cycles.cycle_number
            )

    group by
        cycles.lead_key, cycles.cycle_number, cycles.is_won, ledger.rule_id

)

select * from final
