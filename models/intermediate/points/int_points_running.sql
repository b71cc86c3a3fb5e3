{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# The behaviour balance of a cycle right after each award: one row per award.
   Awards that fade at the same pace share one window sum of
   p * 2^((t - t0) / h), times 2^(-(t - t0) / h); the paces add up. #}
with

awards as (

    select
        ledger.ledger_entry_key,
        ledger.lead_key,
        ledger.cycle_number,
        ledger.occurred_at,
        ledger.known_at,
        ledger.event_key,
        ledger.points,
        ledger.half_life_days,
        {{ days_between('cycles.started_at', 'ledger.occurred_at') }}
            as days_into_cycle

    from {{ ref('int_points_ledger') }} as ledger

    inner join {{ ref('int_cycles') }} as cycles
        on
            ledger.lead_key = cycles.lead_key
            and ledger.cycle_number = cycles.cycle_number

    where ledger.entry_type = 'award' and ledger.dimension = 'behavior'

),

{{ touched_leads([
    {
        'relation': 'awards',
        'columns': [
            'ledger_entry_key', 'cycle_number', 'occurred_at', 'known_at',
            'event_key', 'points', 'half_life_days', 'days_into_cycle',
        ],
    },
]) }},

rebuilt_awards as (

    select
        awards.*,
        touched_leads.lead_version

    from awards

    inner join touched_leads
        on awards.lead_key = touched_leads.lead_key

),

paces as (

    select distinct half_life_days from rebuilt_awards

),

expanded as (

    select
        awards.ledger_entry_key,
        awards.lead_key,
        awards.cycle_number,
        awards.occurred_at,
        case
            when awards.half_life_days = paces.half_life_days
                then awards.points
            else cast(0 as double)
        end as points,
        paces.half_life_days,
        case
            when paces.half_life_days > 0
                then awards.days_into_cycle / paces.half_life_days
            else cast(0 as double)
        end as half_lives

    from rebuilt_awards as awards

    cross join paces

),

running as (

    select
        ledger_entry_key,
        sum(points * power(cast(2 as double), half_lives)) over (
            partition by lead_key, cycle_number, half_life_days
            order by occurred_at, ledger_entry_key
            rows between unbounded preceding and current row
        ) * power(cast(2 as double), -half_lives) as balance

    from expanded

),

balances as (

    select
        ledger_entry_key,
        sum(balance) as points_behavior

    from running

    group by ledger_entry_key

),

final as (

    select
        awards.ledger_entry_key,
        awards.lead_key,
        awards.cycle_number,
        awards.occurred_at,
        awards.known_at,
        awards.event_key,
        balances.points_behavior,
        awards.lead_version

    from rebuilt_awards as awards

    inner join balances
        on awards.ledger_entry_key = balances.ledger_entry_key

)

{{ rebuilt_rows() }}
