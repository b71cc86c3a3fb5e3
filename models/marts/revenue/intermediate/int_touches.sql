{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# One row per touch: a visit, or what happened outside of visits. Its channel is left to who
   reads it: lines of campaigns and channels change, and few of the leads do. #}
with

touch_types as (

    select
        {{ seed_text('event_type') }} as event_type,
        {{ seed_text('channel') }} as channel

    from {{ ref('attribution_touch_types') }}

),

{# Leads without a touch have no row to be remembered by: they are none of this model's. #}
touching_leads as (

    select
        lead_events.lead_key,
        max(lead_events.lead_version) as lead_version

    from {{ ref('lead_events') }} as lead_events

    inner join touch_types
        on lead_events.event_type = touch_types.event_type

    group by lead_events.lead_key

),

{% call by_lead(
    inputs={'lead_events': ref('lead_events')},
    shared=['touch_types'],
    versions={'lead_events': 'touching_leads'}
) %}

events as (

    select
        lead_events.event_key,
        lead_events.lead_key,
        lead_events.occurred_at,
        {# Of an unknown device, the lead's own. #}
        coalesce(lead_events.device_key, lead_events.lead_key) as device_key,
        lead_events.session_number,
        lead_events.event_type,
        lead_events.content_id,
        lead_events.campaign_id,
        lead_events.utm_source,
        lead_events.utm_medium,
        touch_types.channel as type_channel,
        case
            when
                lead_events.campaign_id is null
                and lead_events.utm_source is null
                and lead_events.utm_medium is null
                and touch_types.channel = ''
                then 1
            else 0
        end as is_bare

    from lead_events

    inner join touch_types
        on lead_events.event_type = touch_types.event_type

),

session_events as (

    select * from events
    where session_number is not null

),

{# What happened in one visit is one touch, whatever else was looked at in it: it is from where
   its first event is from that is from anywhere, and about the first content that was asked
   for, or else looked at. Moments are found first: few events need be put in order then. #}
sessions as (

    select
        lead_key,
        device_key,
        session_number,
        min(occurred_at) as touched_at,
        min(is_bare) as is_bare,
        min(case when is_bare = 0 then occurred_at end) as sourced_at,
        min(case when content_id is not null then occurred_at end) as content_at,
        min(case
            when content_id is not null and event_type in ({{ literals(request_event_types()) }})
                then occurred_at
        end) as requested_at

    from session_events

    group by lead_key, device_key, session_number

),

session_origins as (

    select
        sessions.lead_key,
        sessions.device_key,
        sessions.session_number,
        sessions.touched_at,
        sessions.is_bare,
        session_events.event_key,
        session_events.campaign_id,
        session_events.utm_source,
        session_events.utm_medium,
        session_events.type_channel,
        row_number() over (
            partition by sessions.lead_key, sessions.device_key, sessions.session_number
            order by session_events.event_key
        ) as tie_number

    from sessions

    inner join session_events
        on
            sessions.lead_key = session_events.lead_key
            and sessions.device_key = session_events.device_key
            and sessions.session_number = session_events.session_number
            and sessions.is_bare = session_events.is_bare
            and coalesce(sessions.sourced_at, sessions.touched_at) = session_events.occurred_at

),

session_contents as (

    select
        sessions.lead_key,
        sessions.device_key,
        sessions.session_number,
        session_events.content_id,
        row_number() over (
            partition by sessions.lead_key, sessions.device_key, sessions.session_number
            order by session_events.event_key
        ) as tie_number

    from sessions

    inner join session_events
        on
            sessions.lead_key = session_events.lead_key
            and sessions.device_key = session_events.device_key
            and sessions.session_number = session_events.session_number
            and coalesce(sessions.requested_at, sessions.content_at) = session_events.occurred_at

    where
        session_events.content_id is not null
        and (
            sessions.requested_at is null
            or session_events.event_type in ({{ literals(request_event_types()) }})
        )

),

final as (

    select
        session_origins.lead_key,
        session_origins.touched_at,
        session_origins.event_key as touch_key,
        session_origins.campaign_id,
        coalesce(session_origins.utm_source, '') as utm_source,
        coalesce(session_origins.utm_medium, '') as utm_medium,
        session_origins.type_channel,
        session_contents.content_id,
        session_origins.is_bare

    from session_origins

    left join session_contents
        on
            session_origins.lead_key = session_contents.lead_key
            and session_origins.device_key = session_contents.device_key
            and session_origins.session_number = session_contents.session_number
            and session_contents.tie_number = 1

    where session_origins.tie_number = 1

    union all

    select
        lead_key,
        occurred_at as touched_at,
        event_key as touch_key,
        campaign_id,
        coalesce(utm_source, '') as utm_source,
        coalesce(utm_medium, '') as utm_medium,
        type_channel,
        content_id,
        is_bare

    from events

    where session_number is null

)

{% endcall %}
