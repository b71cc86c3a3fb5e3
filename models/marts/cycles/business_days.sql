{# When sales works: one row per team, country of the lead and day. The team gives
   the time zone, the country the holidays; the team without a name is for leads
   that no team has, the country without one for those without holidays of their
   own. Opening hours are local: their moments move with daylight saving. #}
{% set hours = business_hours() %}

with

clock as (

    select * from {{ ref('clock') }}

),

entries as (

    select entered_at from {{ ref('stage_entries') }}

),

{# The longest of them, in days of the calendar, a long row of holidays on top. #}
service_levels as (

    select
        30 + ceil(
            max(service_level_hours) / ({{ hours['closes'] }} - {{ hours['opens'] }})
            * 7 / {{ hours['days'] | length }}
        ) as longest_days

    from {{ ref('stages') }}

),

last_touches as (

    select max(occurred_at) as last_touch_at

    from {{ ref('lead_events') }}

    where is_sales_touch

),

teams as (

    select
        {{ seed_text('team_id') }} as team_id,
        coalesce(
            nullif({{ seed_text('time_zone') }}, ''), '{{ var('reporting_time_zone') }}'
        ) as time_zone

    from {{ ref('sales_teams') }}

    union all

    select
        '' as team_id,
        '{{ var('reporting_time_zone') }}' as time_zone

),

holidays as (

    select distinct
        upper({{ seed_text('country_code') }}) as country_code,
        cast(holiday_date as date) as holiday_date

    from {{ ref('business_calendar') }}

),

countries as (

    select distinct country_code from holidays

    union distinct

    select '' as country_code

),

{# From two days before the first entry, so that the day is there in every time zone, to
   the end of what is due after the last thing that can happen. #}
span as (

    select
        {{ add_days('min(entries.entered_at)', -2) }} as starts_at,
        greatest(
            max(entries.entered_at),
            max(clock.as_of),
            coalesce(max(last_touches.last_touch_at), max(clock.as_of))
        ) as ends_at,
        max(service_levels.longest_days) as longest_days

    from entries

    cross join clock

    cross join last_touches

    cross join service_levels

),

numbers as (

    {{ whole_numbers(5) }}

),

days as (

    select
        cast({{ add_days(
            "cast(date_trunc('day', span.starts_at) as timestamp)", 'numbers.number - 1'
        ) }} as timestamp) as day_at

    from span

    inner join numbers
        on numbers.number <= {{ days_between('span.starts_at', 'span.ends_at') }} + 2 + span.longest_days

),

{# The same in every country: to tell a local time takes longer than all else. #}
team_days as (

    select
        teams.team_id,
        teams.time_zone,
        cast(days.day_at as date) as local_date,
        {{ utc_time(add_seconds('days.day_at', 'cast(' ~ hours['opens'] ~ ' as double) * 3600'), 'teams.time_zone') }}
            as opens_at,
        {{ utc_time(add_seconds('days.day_at', 'cast(' ~ hours['closes'] ~ ' as double) * 3600'), 'teams.time_zone') }}
            as closes_at,
        {# 1970-01-05 was a Monday. #}
        mod(
            cast(round({{ days_between("timestamp '1970-01-05 00:00:00'", 'days.day_at') }}) as int)
            + 7,
            7
        ) + 1 as week_day

    from days

    cross join teams

),

calendars as (

    select
        team_days.*,
        countries.country_code

    from team_days

    cross join countries

),

judged as (

    select
        calendars.*,
        calendars.week_day in ({{ hours['days'] | join(', ') }})
        and local_holidays.holiday_date is null
        and common_holidays.holiday_date is null as is_work_day

    from calendars

    left join holidays as local_holidays
        on
            calendars.country_code != ''
            and calendars.country_code = local_holidays.country_code
            and calendars.local_date = local_holidays.holiday_date

    left join holidays as common_holidays
        on
            common_holidays.country_code = ''
            and calendars.local_date = common_holidays.holiday_date

),

opened as (

    select
        team_id,
        time_zone,
        country_code,
        local_date,
        is_work_day,
        case when is_work_day then opens_at end as opens_at,
        case when is_work_day then closes_at end as closes_at,
        case
            when is_work_day then {{ seconds_between('opens_at', 'closes_at') }}
            else cast(0 as double)
        end as open_seconds

    from judged

),

final as (

    select
        *,
        coalesce(
            sum(open_seconds) over (
                partition by team_id, country_code
                order by local_date
                rows between unbounded preceding and 1 preceding
            ),
            cast(0 as double)
        ) as open_seconds_before

    from opened

)

select * from final
