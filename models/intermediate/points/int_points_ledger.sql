{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# The account book of behaviour and fit points: one row per award, with its
   event and its rule. An award over its rule's cap is a row of no points. #}
with

events as (

    select
        event_key,
        lead_key,
        occurred_at,
        known_at,
        signature_key

    from {{ ref('int_lead_events') }}

    union all

    select
        event_key,
        lead_key,
        occurred_at,
        occurred_at as known_at,
        {{ key(["'went_silent'"]) }} as signature_key

    from {{ ref('int_lead_silences') }}

),

rule_matches as (

    select * from {{ ref('int_points_rule_matches') }}

),

cycles as (

    select * from {{ ref('int_cycles') }}

),

earning_events as (

    select
        events.*,
        rule_matches.rule_id,
        rule_matches.points,
        rule_matches.max_awards,
        rule_matches.period_days,
        rule_matches.half_life_days,
        rule_matches.valid_from

    from events

    inner join rule_matches
        on
            events.signature_key = rule_matches.signature_key
            and events.occurred_at >= rule_matches.valid_from
            and events.occurred_at < rule_matches.valid_until

),

fit_awards as (

    select * from {{ ref('int_fit_awards') }}

),

{{ touched_leads([
    {
        'relation': 'earning_events',
        'columns': [
            'event_key', 'occurred_at', 'known_at', 'rule_id', 'points',
            'max_awards', 'period_days', 'half_life_days', 'valid_from',
        ],
    },
    {
        'relation': 'cycles',
        'columns': ['cycle_number', 'started_at', 'next_started_at'],
    },
    {
        'relation': 'fit_awards',
        'columns': ['entry_key', 'rule_id', 'points', 'known_at'],
    },
]) }},

matched as (

    select
        {{ key(['events.event_key', 'events.lead_key', 'events.rule_id', 'events.valid_from']) }}
            as ledger_entry_key,
        events.lead_key,
        cycles.cycle_number,
        events.occurred_at,
        events.known_at,
        events.event_key,
        touched_leads.lead_version,
        events.rule_id,
        events.points,
        events.max_awards,
        events.half_life_days,
        case
            when events.period_days > 0
                then floor(
                    {{ days_between('cycles.started_at', 'events.occurred_at') }}
                    / events.period_days
                )
            else 0
        end as period_number

    from earning_events as events

    inner join touched_leads
        on events.lead_key = touched_leads.lead_key

    inner join cycles
        on
            events.lead_key = cycles.lead_key
            and events.occurred_at >= cycles.started_at
            and events.occurred_at < cycles.next_started_at

),

counted as (

    select
        *,
        row_number() over (
            partition by lead_key, cycle_number, rule_id, period_number
            order by occurred_at, ledger_entry_key
        ) as award_number

    from matched

),

final as (

    select
        ledger_entry_key,
        lead_key,
        cycle_number,
        occurred_at,
        known_at,
        event_key,
        rule_id,
        'behavior' as dimension,
        case
            when max_awards > 0 and award_number > max_awards then 'capped'
            else 'award'
        end as entry_type,
        case
            when max_awards > 0 and award_number > max_awards
                then cast(0 as double)
            else points
        end as points,
        half_life_days,
        lead_version

    from counted

    union all

    {# Fit belongs to the person, not to a cycle. #}
    select
        fit_awards.entry_key as ledger_entry_key,
        fit_awards.lead_key,
        cast(null as int) as cycle_number,
        fit_awards.known_at as occurred_at,
        fit_awards.known_at,
        {{ key(['cast(null as string)']) }} as event_key,
        fit_awards.rule_id,
        'fit' as dimension,
        'award' as entry_type,
        fit_awards.points,
        cast(0 as double) as half_life_days,
        touched_leads.lead_version

    from fit_awards

    inner join touched_leads
        on fit_awards.lead_key = touched_leads.lead_key

)

{{ rebuilt_rows() }}
