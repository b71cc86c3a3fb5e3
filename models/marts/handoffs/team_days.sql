{# The working day that each team's leads are handed out for: the one that runs, or
   the next. Its leads count from the moment the day before has closed. The team
   without a name stands for teams without a calendar. #}
with

clock as (

    select * from {{ ref('clock') }}

),

business_days as (

    select * from {{ ref('business_days') }}
    where country_code = ''

),

service_level as (

    select service_level_hours
    from {{ ref('stages') }}
    where stage = 'mql'

),

{# What is handed out now. #}
handed_out as (

    select
        business_days.team_id,
        business_days.country_code,
        clock.as_of,
        service_level.service_level_hours,
        {{ business_seconds_until('clock.as_of', 'business_days') }}
        + service_level.service_level_hours * 3600 as business_seconds

    from business_days

    cross join clock

    cross join service_level

    where
        business_days.local_date
        = cast({{ local_time('clock.as_of', 'business_days.time_zone') }} as date)

),

{% if service_level_is_in_business_hours() %}
due as (

    {{ business_moments('handed_out', 'team_id', 'business_days') }}

),

{% else %}
{# Nobody works before the team opens: a night's leads are due from then on. #}
due as (

    select
        handed_out.team_id,
        {{ add_seconds(
            'greatest(handed_out.as_of, min(business_days.opens_at))',
            'handed_out.service_level_hours * 3600'
        ) }} as ends_at

    from handed_out

    inner join business_days
        on
            handed_out.team_id = business_days.team_id
            and handed_out.as_of < business_days.closes_at

    group by handed_out.team_id, handed_out.as_of, handed_out.service_level_hours

),

{% endif %}
working as (

    select
        business_days.team_id,
        min(case
            when business_days.closes_at > clock.as_of
                then business_days.local_date
        end) as work_date,
        min(case
            when business_days.closes_at > clock.as_of
                then business_days.opens_at
        end) as opens_at,
        max(case
            when business_days.closes_at <= clock.as_of
                then business_days.closes_at
        end) as begins_at,
        max(case
            when
                business_days.opens_at <= clock.as_of
                and business_days.closes_at > clock.as_of
                then 1
            else 0
        end) = 1 as is_open

    from business_days

    cross join clock

    where business_days.is_work_day

    group by business_days.team_id

),

final as (

    select
        working.*,
        due.ends_at as due_at

    from working

    left join due
        on working.team_id = due.team_id

)

select * from final
