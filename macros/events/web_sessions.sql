{#- Sessions on a site: adds the CTEs gaps and sessions (event_key, starts_session, session_number). A session
    ends with silence, or when the visitor comes back through another campaign.
    events, repeats  relations in scope: events on the site, and those of them that do not count -#}
{% macro web_sessions(events, repeats) -%}
gaps as (

    select
        events.event_key,
        events.lead_key,
        events.device_key,
        events.occurred_at,
        case
            when lag(events.occurred_at) over device_order is null then 1
            when
                {{ seconds_between('lag(events.occurred_at) over device_order', 'events.occurred_at') }}
                > {{ var('session_timeout_minutes') }} * 60 then 1
            when
                events.campaign_id is not null
                and events.campaign_id is distinct from lag(events.campaign_id) over device_order
                then 1
            else 0
        end as starts_session

    from {{ events }} as events

    left join {{ repeats }} as repeats
        on events.event_key = repeats.event_key

    where repeats.event_key is null

    window device_order as (
        partition by events.lead_key, events.device_key
        order by events.occurred_at, events.event_key
    )

),

sessions as (

    select
        event_key,
        starts_session,
        sum(starts_session) over (
            partition by lead_key, device_key
            order by occurred_at, event_key
            rows between unbounded preceding and current row
        ) as session_number

    from gaps

)
{%- endmacro %}
