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

fit_awards as (

    select * from {{ ref('int_fit_awards') }}

),

matched as (

    select
        {{ key(['events.event_key', 'events.lead_key', 'rule_matches.rule_id', 'rule_matches.valid_from']) }}
            as ledger_entry_key,
        events.lead_key,
        cycles.cycle_number,
        events.occurred_at,
        events.known_at,
        events.event_key,
        rule_matches.rule_id,
        rule_matches.points,
        rule_matches.max_awards,
        rule_matches.half_life_days,
        case
            when rule_matches.period_days > 0
                then floor(
                    {{ days_between('cycles.started_at', 'events.occurred_at') }}
                    / rule_matches.period_days
                )
            else 0
        end as period_number

    from events

    inner join rule_matches
        on
            events.signature_key = rule_matches.signature_key
            and events.occurred_at >= rule_matches.valid_from
            and events.occurred_at < rule_matches.valid_until

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
        half_life_days

    from counted

    union all

    {# Fit belongs to the person, not to a cycle. #}
    select
        entry_key as ledger_entry_key,
        lead_key,
        cast(null as int) as cycle_number,
        known_at as occurred_at,
        known_at,
        {{ key(['cast(null as string)']) }} as event_key,
        rule_id,
        'fit' as dimension,
        'award' as entry_type,
        points,
        cast(0 as double) as half_life_days

    from fit_awards

)

select * from final
order by lead_key, occurred_at, ledger_entry_key
