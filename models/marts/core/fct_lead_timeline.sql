{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

with

lead_events as (

    select * from {{ ref('int_lead_events') }}

),

silences as (

    select * from {{ ref('int_lead_silences') }}

),

bounds as (

    select
        lead_key,
        cycle_number,
        next_started_at

    from {{ ref('int_cycles') }}

),

stage_spans as (

    select
        entries.stage_transition_key,
        entries.lead_key,
        entries.stage,
        entries.entered_at,
        entries.known_at,
        entries.source_id,
        coalesce(entries.exited_at, bounds.next_started_at) as exited_at

    from {{ ref('int_stage_entries') }} as entries

    inner join bounds
        on
            entries.lead_key = bounds.lead_key
            and entries.cycle_number = bounds.cycle_number

),

awarded as (

    select
        event_key,
        lead_key,
        sum(points) as points_awarded

    from {{ ref('int_points_ledger') }}

    where dimension = 'behavior'

    group by event_key, lead_key

),

events as (

    select
        event_key,
        lead_key,
        occurred_at,
        loaded_at,
        known_at,
        source,
        event_type,
        content_type,
        topic,
        content_id,
        campaign_id,
        page_key,
        device_key,
        session_number,
        utm_source,
        utm_medium,
        source_id,
        assigned_by,
        is_engagement,
        is_sales_touch

    from lead_events

    union all

    select
        event_key,
        lead_key,
        occurred_at,
        occurred_at as loaded_at,
        occurred_at as known_at,
        'derived' as source,
        'went_silent' as event_type,
        '' as content_type,
        '' as topic,
        cast(null as string) as content_id,
        cast(null as string) as campaign_id,
        {{ key(['cast(null as string)']) }} as page_key,
        {{ key(['cast(null as string)']) }} as device_key,
        cast(null as int) as session_number,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        cast(null as string) as source_id,
        'identifier' as assigned_by,
        false as is_engagement,
        false as is_sales_touch

    from silences

    union all

    select
        {{ key(["'stage:' || cast(stage_transition_key as string)"]) }} as event_key,
        lead_key,
        entered_at as occurred_at,
        known_at as loaded_at,
        known_at,
        'stage' as source,
        'stage_entered' as event_type,
        '' as content_type,
        '' as topic,
        cast(null as string) as content_id,
        cast(null as string) as campaign_id,
        {{ key(['cast(null as string)']) }} as page_key,
        {{ key(['cast(null as string)']) }} as device_key,
        cast(null as int) as session_number,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        source_id,
        'identifier' as assigned_by,
        false as is_engagement,
        false as is_sales_touch

    from stage_spans

),

{{ touched_leads([
    {
        'relation': 'events',
        'columns': [
            'event_key', 'occurred_at', 'loaded_at', 'known_at', 'source',
            'event_type', 'content_type', 'topic', 'content_id', 'campaign_id',
            'page_key', 'device_key', 'session_number', 'utm_source',
            'utm_medium', 'source_id', 'assigned_by',
        ],
    },
    {
        'relation': 'awarded',
        'columns': ['event_key', 'points_awarded'],
    },
    {
        'relation': 'stage_spans',
        'columns': ['stage', 'entered_at', 'exited_at'],
    },
]) }},

final as (

    select
        events.event_key,
        events.lead_key,
        events.occurred_at,
        events.loaded_at,
        events.known_at,
        events.source,
        events.event_type,
        nullif(events.content_type, '') as content_type,
        nullif(events.topic, '') as topic,
        events.content_id,
        events.campaign_id,
        events.page_key,
        events.device_key,
        events.session_number,
        events.utm_source,
        events.utm_medium,
        events.source_id,
        events.assigned_by,
        events.is_engagement,
        events.is_sales_touch,
        coalesce(awarded.points_awarded, cast(0 as double)) as points_awarded,
        stage_spans.stage,
        touched_leads.lead_version

    from events

    inner join touched_leads
        on events.lead_key = touched_leads.lead_key

    left join awarded
        on
            events.event_key = awarded.event_key
            and events.lead_key = awarded.lead_key

    {# The stage the lead was in once the event had happened; null before the
       first hand-raise. A stage passed in no time is no span. #}
    left join stage_spans
        on
            events.lead_key = stage_spans.lead_key
            and events.occurred_at >= stage_spans.entered_at
            and events.occurred_at < stage_spans.exited_at

)

{{ rebuilt_rows(order_by='lead_key, occurred_at, event_key') }}
