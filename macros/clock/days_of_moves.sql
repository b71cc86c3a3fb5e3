{#- A row a day, from the first move to the day of the clock, or the last move where that is later.
    moves  the relation of moves, with moved_date
    clock  the relation of the clock -#}
{% macro days_of_moves(moves, clock) -%}
    {%- set date_at = lead_funnel.add_days('cast(span.first_date as timestamp)', 'numbers.number - 1') -%}
    select cast({{ date_at }} as date) as date_day

    from (
        select
            min(moves.moved_date) as first_date,
            greatest(
                max(moves.moved_date),
                max(cast({{ lead_funnel.reporting_time('clock.as_of') }} as date))
            ) as last_date

        from {{ moves }} as moves

        cross join {{ clock }} as clock
    ) as span

    cross join (
        {{ lead_funnel.whole_numbers(5) }}
    ) as numbers

    where {{ date_at }} <= cast(span.last_date as timestamp)
{%- endmacro %}
