{# What rules could have told of a pass through the funnel: one row per mature cycle
   and rule awarded in it before sales took the lead over, and one without a rule
   where there is none. Mature: decided, or started a label horizon ago. #}
with

clock as (

    select * from {{ ref('clock') }}

),

ledger as (

    select * from {{ ref('points_ledger') }}
    where entry_type = 'award'

),

bounds as (

    select
        lead_key,
        cycle_number,
        next_started_at

    from {{ ref('cycle_bounds') }}

),

cycles as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        cycles.closed_won_at is not null as is_won,
        least(
            bounds.next_started_at,
            coalesce(cycles.sql_at, bounds.next_started_at),
            coalesce(cycles.ended_at, bounds.next_started_at)
        ) as judged_until

    from {{ ref('fct_lead_cycles') }} as cycles

    inner join bounds
        on
            cycles.lead_key = bounds.lead_key
            and cycles.cycle_number = bounds.cycle_number

    cross join clock

    where
        cycles.ended_at is not null
        or {{ is_mature('cycles.started_at', 'clock.as_of') }}

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
