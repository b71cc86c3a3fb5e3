{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{% set paces = range(1, max_half_lives() + 1) %}

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
    order_by='lead_key, occurred_at, event_key'
) %}

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

    where ledger.dimension = 'behavior' and ledger.points != 0

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

awarded as (

    select
        event_key,
        lead_key,
        sum(points) as points_awarded

    from ledger

    where entry_type = 'award'

    group by event_key, lead_key

),

{# Points that fade at the same pace share one sum of p * 2^((t - t0) / h), times
   2^(-(t - t0) / h). The paces, of which there are few, are columns of one row. #}
paces as (

    select
        {% for pace in paces %}
        max(case when pace_number = {{ pace }} then half_life_days end)
            as pace_{{ pace }}{{ ',' if not loop.last }}
        {% endfor %}

    from (
        select
            half_life_days,
            row_number() over (order by half_life_days) as pace_number

        from (
            select distinct half_life_days
            from ledger
            where half_life_days > 0
        ) as half_lives
    ) as numbered_half_lives

),

weighted as (

    select
        ledger.*,
        case
            when ledger.half_life_days > 0
                then ledger.points
                * power(cast(2 as double), {{ half_lives_into_cycle('ledger.half_life_days') }})
            else ledger.points
        end as weighted_points

    from ledger

),

{# What stands in the account from an entry until the next one. Of several at one
   moment only the last stands for any time. #}
balances as (

    select
        weighted.lead_key,
        weighted.cycle_number,
        weighted.occurred_at as valid_from,
        lead(weighted.occurred_at, 1, timestamp '9999-12-31 00:00:00') over (
            partition by weighted.lead_key, weighted.cycle_number
            order by weighted.occurred_at, weighted.ledger_entry_key
        ) as valid_until,
        {% for pace in paces %}
        sum(
            case
                when weighted.half_life_days = paces.pace_{{ pace }}
                    then weighted.weighted_points
            end
        ) over so_far
        * power(cast(2 as double), -{{ half_lives_into_cycle('paces.pace_' ~ pace) }})
            as points_{{ pace }},
        paces.pace_{{ pace }},
        {% endfor %}
        sum(
            case
                when weighted.half_life_days > 0 then cast(0 as double)
                else weighted.weighted_points
            end
        ) over so_far as points_lasting

    from weighted

    cross join paces

    window so_far as (
        partition by weighted.lead_key, weighted.cycle_number
        order by weighted.occurred_at, weighted.ledger_entry_key
        rows between unbounded preceding and current row
    )

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
                then round(
                    coalesce(balances.points_lasting, cast(0 as double))
                    {% for pace in paces %}
                    + coalesce(
                        {{ decayed(
                            'balances.points_' ~ pace, 'balances.pace_' ~ pace,
                            'balances.valid_from', 'events.occurred_at'
                        ) }},
                        cast(0 as double)
                    )
                    {% endfor %},
                    6
                )
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

    left join balances
        on
            cycles.lead_key = balances.lead_key
            and cycles.cycle_number = balances.cycle_number
            and events.occurred_at >= balances.valid_from
            and events.occurred_at < balances.valid_until

    {# The stage the lead was in once the event had happened; null before the
       first hand-raise. A stage passed in no time is no span. #}
    left join stage_spans
        on
            events.lead_key = stage_spans.lead_key
            and events.occurred_at >= stage_spans.entered_at
            and events.occurred_at < stage_spans.exited_at

)

{% endcall %}
