{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}
{# Rows of the timeline that are no event of a source: nothing was sent, and no page or device seen. #}
{%- set nothing_seen -%}
        '' as content_type,
        '' as topic,
        cast(null as string) as content_id,
        cast(null as string) as campaign_id,
        {{ no_key() }} as page_key,
        {{ no_key() }} as device_key,
        cast(null as int) as session_number,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium
{%- endset %}

with

all_silences as (

    select * from {{ ref('lead_silences') }}

),

all_cycles as (

    select
        lead_key,
        cycle_number,
        started_at,
        next_started_at

    from {{ ref('cycle_bounds') }}

),

all_accounts as (

    select
        lead_key,
        account_key

    from {{ ref('lead_accounts') }}

),

all_stage_spans as (

    select
        entries.stage_transition_key,
        entries.lead_key,
        entries.stage,
        entries.entered_at,
        entries.known_at,
        entries.source_id,
        coalesce(entries.exited_at, cycles.next_started_at) as exited_at

    from {{ ref('stage_entries') }} as entries

    inner join all_cycles as cycles
        on
            entries.lead_key = cycles.lead_key
            and entries.cycle_number = cycles.cycle_number

),

{% call by_lead(
    inputs={
        'lead_events': ref('lead_events'),
        'silences': 'all_silences',
        'points_ledger': ref('points_ledger'),
        'stage_spans': 'all_stage_spans',
        'cycles': 'all_cycles',
        'accounts': 'all_accounts',
    },
    order_by='lead_key, occurred_at, event_key',
    buckets_by=ref('cycle_bounds')
) %}

{# What is written off when the next cycle starts is after all events of its own. #}
ledger as (

    select
        ledger.ledger_entry_key,
        ledger.event_key,
        ledger.lead_key,
        ledger.cycle_number,
        ledger.entry_type,
        ledger.occurred_at,
        ledger.points,
        ledger.half_life_days,
        {{ days_between('cycles.started_at', 'ledger.occurred_at') }}
            as days_into_cycle

    from points_ledger as ledger

    inner join cycles
        on
            ledger.lead_key = cycles.lead_key
            and ledger.cycle_number = cycles.cycle_number

    where
        ledger.dimension = 'behavior'
        and ledger.points != 0
        and ledger.occurred_at < cycles.next_started_at

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
        {{ nothing_seen }},
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
        {{ nothing_seen }},
        source_id,
        'identifier' as assigned_by,
        false as is_engagement,
        false as is_sales_touch

    from stage_spans

),

awarded as (

    select
        event_key,
        lead_key,
        sum(points) as points_awarded

    from ledger

    where entry_type = 'award'

    group by event_key, lead_key

),

{{ running_points('ledger', also={
    'valid_until': "
        lead(occurred_at, 1, timestamp '9999-12-31 00:00:00') over (
            partition by lead_key, cycle_number
            order by occurred_at, ledger_entry_key
        )",
}) }},

{# What stands in the account from an entry until the next one. Of several at one
   moment only the last stands for any time. #}
standing_points as (

    select * from running_points
    where occurred_at < valid_until

),

final as (

    select
        events.event_key,
        events.lead_key,
        accounts.account_key,
        cycles.cycle_number,
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
        {# Rounded: sums of doubles differ in their last digits. #}
        case
            when cycles.cycle_number is not null
                then round({{ running_balance('standing_points', 'events.occurred_at') }}, 6)
        end as points_balance,
        stage_spans.stage

    from events

    left join awarded
        on
            events.event_key = awarded.event_key
            and events.lead_key = awarded.lead_key

    left join accounts
        on events.lead_key = accounts.lead_key

    left join cycles
        on
            events.lead_key = cycles.lead_key
            and events.occurred_at >= cycles.started_at
            and events.occurred_at < cycles.next_started_at

    left join standing_points
        on
            cycles.lead_key = standing_points.lead_key
            and cycles.cycle_number = standing_points.cycle_number
            and events.occurred_at >= standing_points.occurred_at
            and events.occurred_at < standing_points.valid_until

    {# The stage the lead was in once the event had happened; null before the
       first hand-raise. A stage passed in no time is no span. #}
    left join stage_spans
        on
            events.lead_key = stage_spans.lead_key
            and events.occurred_at >= stage_spans.entered_at
            and events.occurred_at < stage_spans.exited_at

)

{% endcall %}
