{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# One row per event of a known person. A strong identifier on the event says
   whose it is; else the device's assignment at that time. Bots and our own
   people are left out, and so is what happened once and was told twice; a click that
   a mail gateway made is no click. #}
with

clock as (

    select * from {{ ref('clock') }}

),

events as (

    select * from {{ ref('int_events_unioned') }}

),

bots as (

    select user_agent_key
    from {{ ref('int_user_agents') }}
    where is_bot

),

internal_identifiers as (

    select identifier_key
    from {{ ref('identifiers') }}
    where email_class = 'internal'

),

members as (

    select
        identifier_key,
        lead_key,
        joined_at

    from {{ ref('identity_members') }}

),

devices as (

    select * from {{ ref('device_assignments') }}

),

signatures as (

    select
        given.*,
        {{ whole_row_version('given') }} as signature_version

    from {{ ref('event_signatures') }} as given

),

{# All events of all leads pass here, so they carry no more than a lead needs to be
   known as changed, or to be made anew. #}
assigned as (

    select
        events.event_key,
        coalesce(members.lead_key, crm_members.lead_key, devices.lead_key) as lead_key,
        events.occurred_at,
        events.loaded_at,
        {# Known when the event was known and when it was known whose it is. #}
        greatest(
            {{ known_at('events.occurred_at', 'events.loaded_at', 'clock') }},
            coalesce(members.joined_at, crm_members.joined_at, devices.known_at)
        ) as known_at,
        {# Null where an identifier says whose the event is. #}
        devices.identified_at as device_identified_at,
        signatures.signature_key,
        signatures.signature_version,
        events.given_content_id,
        events.campaign_id,
        events.device_key,
        events.utm_source,
        events.utm_medium,
        events.source_id,
        events.is_day_only,
        events.counts_as,
        events.content_key

    from events

    left join members
        on events.identifier_key = members.identifier_key

    {# An address that many people share identifies nobody, the record beside it does. #}
    left join members as crm_members
        on
            members.lead_key is null
            and events.crm_identifier_key = crm_members.identifier_key

    left join devices
        on
            members.lead_key is null
            and crm_members.lead_key is null
            and events.device_key = devices.device_key
            and events.occurred_at >= devices.valid_from
            and events.occurred_at < devices.valid_to

    inner join signatures
        on
            events.source = signatures.source
            and events.raw_name = signatures.raw_name
            and events.page_key is not distinct from signatures.page_key

    cross join clock

    where
        coalesce(members.lead_key, crm_members.lead_key, devices.lead_key) is not null
        and not exists (
            select 1
            from bots
            where bots.user_agent_key = events.user_agent_key
        )
        and not exists (
            select 1
            from internal_identifiers
            where internal_identifiers.identifier_key = events.identifier_key
        )

),

{% call by_lead(inputs={'assigned_events': 'assigned'}, linked=['signatures']) %}

events_of_leads as (

    select
        assigned_events.event_key,
        assigned_events.lead_key,
        assigned_events.occurred_at,
        assigned_events.loaded_at,
        assigned_events.known_at,
        signatures.source,
        signatures.event_type,
        signatures.content_type,
        signatures.topic,
        coalesce(assigned_events.given_content_id, signatures.content_id) as content_id,
        assigned_events.campaign_id,
        assigned_events.signature_key,
        signatures.page_key,
        assigned_events.device_key,
        assigned_events.utm_source,
        assigned_events.utm_medium,
        assigned_events.source_id,
        assigned_events.is_day_only,
        assigned_events.counts_as,
        case
            when assigned_events.device_identified_at is null then 'identifier'
            when assigned_events.occurred_at >= assigned_events.device_identified_at
                then 'device'
            else 'back_stitched'
        end as assigned_by,
        assigned_events.content_key,
        signatures.source in ('web', 'form') as is_on_site

    from assigned_events

    inner join signatures
        on assigned_events.signature_key = signatures.signature_key

),

{# Windows sort their rows: they get the columns that they look at and no others, and
   what they find is joined to the rows again. #}
on_site as (

    select
        event_key,
        lead_key,
        source,
        signature_key,
        device_key,
        content_key,
        occurred_at,
        campaign_id

    from events_of_leads

    where is_on_site

),

{{ repeated_events('on_site') }},

{{ machine_clicks('events_of_leads', 'repeats') }},

{{ web_sessions('on_site', 'repeats') }},

judged as (

    select
        events_of_leads.*,
        case
            when machine_clicks.event_key is not null then 'email_scanned'
            else events_of_leads.event_type
        end as judged_event_type,
        coalesce(repeated.repeat_count, 0) as repeat_count,
        coalesce(sessions.starts_session, 0) as starts_session,
        sessions.session_number

    from events_of_leads

    left join repeated
        on events_of_leads.event_key = repeated.event_key

    left join machine_clicks
        on events_of_leads.event_key = machine_clicks.event_key

    left join sessions
        on events_of_leads.event_key = sessions.event_key

    {# A repeat is in no session. #}
    where sessions.event_key is not null or not events_of_leads.is_on_site

),

final as (

    select
        event_key,
        lead_key,
        occurred_at,
        loaded_at,
        known_at,
        source,
        judged_event_type as event_type,
        content_type,
        topic,
        content_id,
        campaign_id,
        {# Rules pay by the kind of event, and none pays a machine. #}
        case when judged_event_type != 'email_scanned' then signature_key end as signature_key,
        page_key,
        device_key,
        utm_source,
        utm_medium,
        source_id,
        is_day_only,
        assigned_by,
        judged_event_type in (
            {{ literals(engagement_event_types()) }}
        ) as is_engagement,
        counts_as,
        coalesce(counts_as in ('contact', 'touch'), false) as is_sales_touch,
        cast(repeat_count as int) as repeat_count,
        starts_session = 1 as is_session_start,
        cast(session_number as int) as session_number

    from judged

)

{% endcall %}
