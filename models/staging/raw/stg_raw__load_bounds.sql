{{ config(materialized='table') }}

{# Between which loads the rows of all tables are believed to have arrived. A date that
   somebody mistyped, or a machine whose clock is wrong, moves neither end: a stretch of
   loads that lies apart from the rest by more than it would after a pause counts only
   where enough of the rows, or two tables, bear it. #}
{# A pause of six weeks is none. #}
{% set pause_days = 45 %}
{# Nothing but much or two tables bridges what a mistyped year would. #}
{% set long_pause_days = 300 %}
{# Fewer of the rows than one in so many end no pause: a small company may well be quiet. #}
{% set rows_to_one = 200 %}

with

hours as (

    select
        raw_table,
        loaded_hour,
        min(first_loaded_at) as first_loaded_at,
        max(last_loaded_at) as last_loaded_at,
        sum(row_count) as row_count,
        sum(fresh_count) as fresh_count

    from {{ ref('base_raw__loads') }}

    {# Tables without any time of their own stand at 1970. #}
    where
        raw_table in ({{ literals(dated_raw_tables()) }})
        and not is_planned
        and loaded_hour >= timestamp '2001-01-01 00:00:00'

    group by raw_table, loaded_hour

),

days as (

    select
        cast(date_trunc('day', loaded_hour) as timestamp) as loaded_day,
        max(last_loaded_at) as last_loaded_at,
        count(distinct raw_table) as table_count,
        sum(row_count) as row_count,
        sum(fresh_count) as fresh_count

    from hours

    group by 1

),

steps as (

    select
        loaded_day,
        last_loaded_at,
        lag(loaded_day) over (order by loaded_day) as day_before,
        lag(last_loaded_at) over (order by loaded_day) as last_loaded_before,
        max(table_count) over from_here as tables_from_here,
        sum(row_count) over from_here as rows_from_here,
        sum(fresh_count) over from_here as fresh_from_here,
        sum(row_count) over () as all_rows

    from days

    window from_here as (
        order by loaded_day
        rows between current row and unbounded following
    )

),

judged as (

    select
        *,
        loaded_day > {{ add_days('day_before', pause_days) }}
        and tables_from_here < 2
        and case
            when loaded_day > {{ add_days('day_before', long_pause_days) }}
                then rows_from_here * 10 < all_rows
            else rows_from_here * {{ rows_to_one }} < all_rows and fresh_from_here = 0
        end as is_ahead,
        loaded_day > {{ add_days('day_before', long_pause_days) }}
        and (all_rows - rows_from_here) * 100 < all_rows as is_first

    from steps

),

ends as (

    select
        coalesce(
            min(case when is_ahead then last_loaded_before end),
            max(last_loaded_at)
        ) as loaded_until,
        coalesce(
            max(case when is_first then loaded_day end),
            min(loaded_day)
        ) as loaded_from

    from judged

),

{# The first load: hours without a gap. #}
gaps as (

    select
        hours.loaded_hour,
        lag(hours.loaded_hour) over (order by hours.loaded_hour) as hour_before

    from (select distinct loaded_hour from hours) as hours

    cross join ends

    where hours.loaded_hour >= ends.loaded_from

),

first_gap as (

    select min(gaps.loaded_hour) as loaded_hour

    from gaps

    cross join ends

    where
        {{ is_pause('gaps.hour_before', 'gaps.loaded_hour') }}
        or {{ is_past_first_load('ends.loaded_from', 'gaps.loaded_hour') }}

),

final as (

    select
        ends.loaded_from,
        ends.loaded_until,
        {{ add_days('ends.loaded_until', pause_days) }} as ahead_from,
        max(hours.last_loaded_at) as first_loaded_until

    from ends

    cross join first_gap

    left join hours
        on
            hours.loaded_hour >= ends.loaded_from
            and (
                first_gap.loaded_hour is null
                or hours.loaded_hour < first_gap.loaded_hour
            )

    group by ends.loaded_from, ends.loaded_until

)

select * from final
