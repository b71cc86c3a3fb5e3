{#- The balance right after each entry of the points ledger: adds the CTEs paces,
    weighted_entries and running_points, which has the rows of `entries`, points_lasting,
    which does not fade, and by pace the points that do (points_1, ...) with their
    half-life (pace_1, ...), null where there are none.

    Points that fade at the same pace share one window sum of p * 2^((t - t0) / h), times
    2^(-(t - t0) / h). The paces, of which there are few, are columns of one wide row,
    so that the entries are put in order once.

    entries  one row per entry: lead_key, cycle_number, ledger_entry_key, occurred_at,
             points, half_life_days (0: they do not fade) and days_into_cycle
    also     more columns over the window so_far: the entries of the cycle until this one -#}
{% macro running_points(entries, also={}) -%}
{%- set paces = range(1, lead_funnel.max_half_lives() + 1) -%}
paces as (

    select
        {%- for pace in paces %}
        max(case when pace_number = {{ pace }} then half_life_days end)
            as pace_{{ pace }}{{ ',' if not loop.last }}
        {%- endfor %}

    from (
        select
            half_life_days,
            row_number() over (order by half_life_days) as pace_number

        from (
            select distinct half_life_days
            from {{ entries }}
            where half_life_days > 0
        ) as half_lives
    ) as numbered_half_lives

),

weighted_entries as (

    select
        entries.*,
        paces.*,
        case
            when entries.half_life_days > 0
                then entries.points
                * power(cast(2 as double), {{ lead_funnel._half_lives('entries.days_into_cycle', 'entries.half_life_days') }})
            else entries.points
        end as weighted_points

    from {{ entries }} as entries

    cross join paces

),

running_points as (

    select
        *,
        {%- for name, expression in also.items() %}
        {{ expression }} as {{ name }},
        {%- endfor %}
        {%- for pace in paces %}
        sum(case when half_life_days = pace_{{ pace }} then weighted_points end)
            over so_far
        * power(cast(2 as double), -{{ lead_funnel._half_lives('days_into_cycle', 'pace_' ~ pace) }})
            as points_{{ pace }},
        {%- endfor %}
        sum(case when half_life_days > 0 then cast(0 as double) else weighted_points end)
            over so_far as points_lasting

    from weighted_entries

    window so_far as (
        partition by lead_key, cycle_number
        order by occurred_at, ledger_entry_key
        rows between unbounded preceding and current row
    )

)
{%- endmacro %}

{#- The sum of a row of running_points, at its entry or, where a moment is given, at that
    moment. -#}
{% macro running_balance(running, moment=none) -%}
    coalesce({{ running }}.points_lasting, cast(0 as double))
    {%- for pace in range(1, lead_funnel.max_half_lives() + 1) %}
    {%- set points = running ~ '.points_' ~ pace %}
    + coalesce(
        {{ lead_funnel.decayed(points, running ~ '.pace_' ~ pace, running ~ '.occurred_at', moment) if moment else points }},
        cast(0 as double)
    )
    {%- endfor %}
{%- endmacro %}

{#- Half-lives from the start of the cycle, moved down so that twice as many fit the
    range of a double: what is weighted by their power of two can be summed over many
    years. -#}
{% macro _half_lives(days_into_cycle, half_life_days) -%}
    least({{ days_into_cycle }} / {{ half_life_days }} - 900, 1000)
{%- endmacro %}
