{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# The ledger of behaviour and fit points. An event that a rule pays for is an
   award; one over the cap of the rule or of its group, or too soon after the last, is a
   row of no points. The award that meets a group's cap gives what is left of it.
   What is left of an award is written off by a row of its own when the next cycle
   starts, or when it has been halved so often that nothing is left. So the points
   at any moment are the sum of all rows until then, each faded by its half-life. Each row
   has the balance right after it, so that nobody need put it in order again. #}
{% set expire_after = var('points_expire_after_half_lives') | string %}

with

clock as (

    select * from {{ ref('clock') }}

),

events as (

    select
        event_key,
        lead_key,
        occurred_at,
        known_at,
        signature_key,
        campaign_id

    from {{ ref('lead_events') }}

    union all

    select
        event_key,
        lead_key,
        occurred_at,
        occurred_at as known_at,
        {{ key(["'went_silent'"]) }} as signature_key,
        cast(null as string) as campaign_id

    from {{ ref('lead_silences') }}

),

rule_matches as (

    select
        *,
        rule_id || '|' || cast(valid_from as string) as rule_version

    from {{ ref('int_points_rule_matches') }}

),

campaign_types as (

    select
        campaign_id,
        lower(channel) as campaign_type

    from {{ ref('stg_raw__campaigns') }}

    where channel is not null

),

all_cycles as (

    select
        lead_key,
        cycle_number,
        started_at,
        next_started_at,
        lead(known_at) over (
            partition by lead_key
            order by cycle_number
        ) as next_known_at

    from {{ ref('cycle_bounds') }}

),

earning_events as (

    select
        events.event_key,
        events.lead_key,
        events.occurred_at,
        events.known_at,
        rule_matches.rule_id,
        rule_matches.rule_version,
        rule_matches.points,
        rule_matches.max_awards,
        rule_matches.period_days,
        rule_matches.cool_down_days,
        rule_matches.half_life_days,
        rule_matches.blocks_mql,
        rule_matches.rule_group,
        rule_matches.group_max_points_in_period,
        rule_matches.group_period_days,
        rule_matches.group_max_points,
        rule_matches.valid_from,
        rule_matches.half_life_days > 0
        and {{ days_between('events.occurred_at', 'clock.as_of') }}
        >= {{ expire_after }} * rule_matches.half_life_days as is_expired

    from events

    inner join rule_matches
        on
            events.signature_key = rule_matches.signature_key
            and events.occurred_at >= rule_matches.valid_from
            and events.occurred_at < rule_matches.valid_until

    left join campaign_types
        on
            rule_matches.campaign_type != ''
            and events.campaign_id = campaign_types.campaign_id

    cross join clock

    where
        rule_matches.campaign_type = ''
        or rule_matches.campaign_type = campaign_types.campaign_type

),

all_fit_awards as (

    select * from {{ ref('fit_awards') }}

),

all_merges as (

    select * from {{ ref('int_identity_merges') }}

),

{% call by_lead(
    inputs={
        'earning': 'earning_events',
        'cycles': 'all_cycles',
        'fit_awards': 'all_fit_awards',
        'merges': 'all_merges',
    },
    order_by='lead_key',
    buckets_by=ref('cycle_bounds')
) %}

matched as (

    select
        {{ key(['events.event_key', 'events.lead_key', 'events.rule_version']) }}
            as ledger_entry_key,
        events.*,
        cycles.cycle_number,
        cycles.started_at,
        cycles.next_started_at,
        cycles.next_known_at,
        case
            when events.period_days > 0
                then floor(
                    {{ days_between('cycles.started_at', 'events.occurred_at') }}
                    / events.period_days
                )
            else 0
        end as period_number,
        case
            when events.group_period_days > 0
                then floor(
                    {{ days_between('cycles.started_at', 'events.occurred_at') }}
                    / events.group_period_days
                )
            else 0
        end as group_period_number

    from earning as events

    inner join cycles
        on
            events.lead_key = cycles.lead_key
            and events.occurred_at >= cycles.started_at
            and events.occurred_at < cycles.next_started_at

),

{{ too_soon('matched') }},

ruled as (

    select
        matched.*,
        too_soon.ledger_entry_key is not null as is_too_soon

    from matched

    left join too_soon
        on matched.ledger_entry_key = too_soon.ledger_entry_key

),

counted as (

    select
        *,
        row_number() over (
            partition by
                lead_key, cycle_number, rule_id, period_number, is_too_soon
            order by occurred_at, ledger_entry_key
        ) as award_number

    from ruled

),

ruled_alone as (

    select
        *,
        case
            when is_too_soon then 'cooled_down'
            when max_awards > 0 and award_number > max_awards then 'capped'
            else 'award'
        end as verdict

    from counted

),

{{ group_shares('ruled_alone') }},

judged as (

    select
        ruled_alone.ledger_entry_key,
        ruled_alone.lead_key,
        ruled_alone.cycle_number,
        ruled_alone.event_key,
        ruled_alone.rule_id,
        ruled_alone.valid_from,
        ruled_alone.occurred_at,
        ruled_alone.known_at,
        ruled_alone.next_known_at,
        ruled_alone.started_at,
        ruled_alone.half_life_days,
        ruled_alone.max_awards,
        ruled_alone.award_number,
        ruled_alone.blocks_mql,
        coalesce(shared.points, ruled_alone.points) as points,
        case
            when shared.points = 0 then 'capped'
            else ruled_alone.verdict
        end as verdict,
        case
            when
                ruled_alone.is_expired
                and {{ add_days('ruled_alone.occurred_at', expire_after ~ ' * ruled_alone.half_life_days') }}
                <= ruled_alone.next_started_at
                then 'expired'
            when ruled_alone.next_started_at < timestamp '9999-12-31 00:00:00' then 'cycle_reset'
        end as ending,
        case
            when ruled_alone.is_expired
                then least(
                    {{ add_days('ruled_alone.occurred_at', expire_after ~ ' * ruled_alone.half_life_days') }},
                    ruled_alone.next_started_at
                )
            else ruled_alone.next_started_at
        end as ended_at

    from ruled_alone

    left join shared
        on ruled_alone.ledger_entry_key = shared.ledger_entry_key

),

{# 1 is the entry itself, 2 writes off what is left of it. #}
entries as (

    select
        judged.*,
        sides.side

    from judged

    cross join (select 1 as side union all select 2 as side) as sides

    where
        sides.side = 1
        or (judged.verdict = 'award' and judged.ending is not null)

),

behavior_entries as (

    select
        case
            when side = 1 then ledger_entry_key
            else {{ key(['ledger_entry_key', "'written_off'"]) }}
        end as ledger_entry_key,
        lead_key,
        cycle_number,
        case when side = 1 then occurred_at else ended_at end as occurred_at,
        case
            when side = 1 then known_at
            when ending = 'expired' then greatest(known_at, ended_at)
            else greatest(known_at, next_known_at)
        end as known_at,
        event_key,
        rule_id,
        valid_from as rule_valid_from,
        case when side = 1 then verdict else ending end as entry_type,
        case
            when verdict != 'award' then cast(0 as double)
            when side = 1 then points
            else -({{ decayed('points', 'half_life_days', 'occurred_at', 'ended_at') }})
        end as points,
        half_life_days,
        {# A rule that may pay several times blocks with the last of them. #}
        blocks_mql
        and side = 1
        and verdict = 'award'
        and (max_awards = 0 or award_number = max_awards) as blocks_mql,
        started_at

    from entries

),

{# Few columns are put in order, and the rest joined to them. #}
narrow_entries as (

    select
        ledger_entry_key,
        lead_key,
        cycle_number,
        occurred_at,
        known_at,
        points,
        half_life_days,
        {{ days_between('started_at', 'occurred_at') }} as days_into_cycle

    from behavior_entries

),

{# A balance is known when the last of what it is made of is. #}
{{ running_points('narrow_entries', also={'balance_known_at': 'max(known_at) over so_far'}) }},

final as (

    select
        entries.ledger_entry_key,
        entries.lead_key,
        entries.cycle_number,
        entries.occurred_at,
        entries.known_at,
        entries.event_key,
        entries.rule_id,
        entries.rule_valid_from,
        'behavior' as dimension,
        entries.entry_type,
        entries.points,
        entries.half_life_days,
        entries.blocks_mql,
        {{ running_balance('running_points') }} as balance,
        running_points.balance_known_at

    from behavior_entries as entries

    inner join running_points
        on entries.ledger_entry_key = running_points.ledger_entry_key

    union all

    {# Fit belongs to the person, not to a cycle. #}
    select
        fit_awards.entry_key as ledger_entry_key,
        fit_awards.lead_key,
        cast(null as int) as cycle_number,
        fit_awards.known_at as occurred_at,
        fit_awards.known_at,
        {{ no_key() }} as event_key,
        fit_awards.rule_id,
        fit_awards.valid_from as rule_valid_from,
        'fit' as dimension,
        'award' as entry_type,
        fit_awards.points,
        cast(0 as double) as half_life_days,
        fit_awards.blocks_mql,
        sum(fit_awards.points) over (
            partition by fit_awards.lead_key
            order by fit_awards.known_at, fit_awards.entry_key
            rows between unbounded preceding and current row
        ) as balance,
        cast(null as timestamp) as balance_known_at

    from fit_awards

    union all

    {# Two that turn out to be one: no points of its own, but the reason why those of
       both stand in one account from then on. #}
    select
        merges.merge_key as ledger_entry_key,
        merges.lead_key,
        cast(null as int) as cycle_number,
        merges.merged_at as occurred_at,
        merges.merged_at as known_at,
        {{ no_key() }} as event_key,
        cast(null as string) as rule_id,
        cast(null as timestamp) as rule_valid_from,
        'identity' as dimension,
        'merged' as entry_type,
        cast(0 as double) as points,
        cast(0 as double) as half_life_days,
        false as blocks_mql,
        cast(null as double) as balance,
        cast(null as timestamp) as balance_known_at

    from merges

)

{% endcall %}
