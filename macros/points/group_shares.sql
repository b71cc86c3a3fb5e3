{#- What the cap of a group of rules leaves to each award: adds the CTEs shared_in_periods and shared
    (ledger_entry_key, points). It is the sum of all awards until one, cut at the cap, less that of all
    before it. Most events earn rules of no group, and are not put in order. Sums of doubles differ in
    their last digits.
    ruled  relation in scope: awards as their rules alone have it -#}
{% macro group_shares(ruled) -%}
shared_in_periods as (

    select
        ledger_entry_key,
        lead_key,
        cycle_number,
        rule_group,
        occurred_at,
        group_max_points,
        {{ capped_share('points', 'group_max_points_in_period', 'in_period') }} as points

    from {{ ruled }}

    where rule_group != '' and verdict = 'award'

    window in_period as (
        partition by lead_key, cycle_number, rule_group, group_period_number
        order by occurred_at, ledger_entry_key
        rows between unbounded preceding and current row
    )

),

shared as (

    select
        ledger_entry_key,
        round({{ capped_share('points', 'group_max_points', 'in_cycle') }}, 6) as points

    from shared_in_periods

    window in_cycle as (
        partition by lead_key, cycle_number, rule_group
        order by occurred_at, ledger_entry_key
        rows between unbounded preceding and current row
    )

)
{%- endmacro %}
