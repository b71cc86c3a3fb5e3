{# Each handoff by the clock of the team that had it: its business hours, with the holidays
   of the lead's country. #}
with

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

profiles as (

    select
        lead_key,
        upper(country_code) as country_code

    from {{ ref('lead_profiles') }}

),

business_days as (

    select * from {{ ref('business_days') }}

),

service_level as (

    select service_level_hours
    from {{ ref('stages') }}
    where stage = 'mql'

),

{# The calendars there are: others stand for teams and countries without one. #}
calendar_teams as (

    select distinct
        team_id,
        time_zone

    from business_days

),

calendar_countries as (

    select distinct country_code from business_days

),

placed as (

    select
        handoffs.handoff_key,
        handoffs.handoff_at,
        handoffs.first_sales_touch_at,
        coalesce(calendar_teams.team_id, '') as team_id,
        coalesce(calendar_teams.time_zone, '{{ var('reporting_time_zone') }}') as time_zone,
        coalesce(calendar_countries.country_code, '') as country_code,
        service_level.service_level_hours

    from handoffs

    cross join service_level

    left join profiles
        on handoffs.lead_key = profiles.lead_key

    left join calendar_teams
        on handoffs.team_id = calendar_teams.team_id

    left join calendar_countries
        on profiles.country_code = calendar_countries.country_code

),

timed as (

    select
        placed.*,
        coalesce(
            not handoff_days.is_work_day
            or placed.handoff_at < handoff_days.opens_at
            or placed.handoff_at >= handoff_days.closes_at,
            false
        ) as is_after_hours,
        {{ business_seconds_until('placed.first_sales_touch_at', 'touch_days') }}
        - {{ business_seconds_until('placed.handoff_at', 'handoff_days') }}
            as speed_to_lead_business_seconds,
        {{ business_seconds_until('placed.handoff_at', 'handoff_days') }}
        + placed.service_level_hours * 3600 as business_seconds

    from placed

    left join business_days as handoff_days
        on
            placed.team_id = handoff_days.team_id
            and placed.country_code = handoff_days.country_code
            and cast({{ local_time('placed.handoff_at', 'placed.time_zone') }} as date)
            = handoff_days.local_date

    left join business_days as touch_days
        on
            placed.team_id = touch_days.team_id
            and placed.country_code = touch_days.country_code
            and cast({{ local_time('placed.first_sales_touch_at', 'placed.time_zone') }} as date)
            = touch_days.local_date

),

{% if service_level_is_in_business_hours() %}
due as (

    {{ business_moments('timed', 'handoff_key', 'business_days') }}

),

{% endif %}
final as (

    select
        timed.handoff_key,
        timed.time_zone,
        timed.is_after_hours,
        timed.speed_to_lead_business_seconds,
        timed.service_level_hours,
        {% if service_level_is_in_business_hours() %}
        greatest(due.ends_at, timed.handoff_at) as due_at
        {% else %}
        {{ add_seconds('timed.handoff_at', 'timed.service_level_hours * 3600') }} as due_at
        {% endif %}

    from timed
    {% if service_level_is_in_business_hours() %}

    left join due
        on timed.handoff_key = due.handoff_key
    {% endif %}

)

select * from final
