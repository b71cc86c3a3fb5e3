{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# The behaviour balance of a cycle right after each entry of the account book: one row
   per behaviour entry. Entries that fade at the same pace share one window sum of
   p * 2^((t - t0) / h), times 2^(-(t - t0) / h); the paces, of which there are few, are
   columns of one wide row, so that the entries are put in order once. #}
{% set paces = range(1, max_half_lives() + 1) %}

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


paces as (

    select
        {% for pace in paces %}
        max(case when pace_number = {{ pace }} then half_life_days end)
            as pace_{{ pace }}{{ ',' if not loop.last }}
        {% endfor %}

    from (
        select
            half_life_days,
            row_number() over (order by half_life_days) as pace_number

        from (
            select distinct half_life_days
            from entries
            where half_life_days > 0
        ) as half_lives
    ) as numbered_half_lives

),

weighted as (

    select
        entries.*,
        paces.*,
        case
            when entries.half_life_days > 0
                then entries.points
                * power(cast(2 as double), {{ half_lives_into_cycle('entries.half_life_days') }})
            else entries.points
        end as weighted_points

    from entries

    cross join paces

),

final as (

    select
        ledger_entry_key,
        lead_key,
        cycle_number,
        occurred_at,
        {# A balance is known when the last of what it is made of is. #}
        max(known_at) over so_far as known_at,
        event_key,
        entry_type,
        sum(case when half_life_days > 0 then 0 else weighted_points end) over so_far
        {% for pace in paces %}
        + coalesce(
            sum(case when half_life_days = pace_{{ pace }} then weighted_points end)
                over so_far
            * power(cast(2 as double), -{{ half_lives_into_cycle('pace_' ~ pace) }}),
            0
        )
        {% endfor %} as points_behavior

    from weighted

    window so_far as (
        partition by lead_key, cycle_number
        order by occurred_at, ledger_entry_key
        rows between unbounded preceding and current row
    )

)

{% endcall %}
