{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# The behaviour balance of a cycle right after each entry of the account book: one row
   per behaviour entry. #}

with

behavior as (

    select
        ledger.ledger_entry_key,
        ledger.lead_key,
        ledger.cycle_number,
        ledger.occurred_at,
        ledger.known_at,
        case
            when ledger.entry_type not in ('expired', 'cycle_reset')
                then ledger.event_key
        end as event_key,
        ledger.entry_type,
        ledger.points,
        ledger.half_life_days,
        {{ days_between('cycles.started_at', 'ledger.occurred_at') }}
            as days_into_cycle

    from {{ ref('points_ledger') }} as ledger

    inner join {{ ref('cycle_bounds') }} as cycles
        on
            ledger.lead_key = cycles.lead_key
            and ledger.cycle_number = cycles.cycle_number

    where ledger.dimension = 'behavior'

),

{% call by_lead(inputs={'entries': 'behavior'}) %}

{# A balance is known when the last of what it is made of is. #}
{{ running_points('entries', also={'balance_known_at': 'max(known_at) over so_far'}) }},

final as (

    select
        ledger_entry_key,
        lead_key,
        cycle_number,
        occurred_at,
        balance_known_at as known_at,
        event_key,
        entry_type,
        {{ running_balance('running_points') }} as points_behavior

    from running_points

)

{% endcall %}
