{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# Everything that speaks for a stage of a person in a cycle, in order: the
   start of the cycle, points crossing the threshold, the CRM's word, and silence. Each
   row says whether it moved the lead and, if not, why. #}
with

stages as (

    select
        stage,
        stage_order,
        is_terminal

    from {{ ref('stages') }}

),

all_crossings as (

    select
        lead_key,
        ledger_entry_key,
        cycle_number,
        occurred_at,
        known_at,
        event_key

    from {{ ref('points_crossings') }}

),

{# By its own rows, so that time passing rebuilds the leads that expire, and no others. #}
all_expiries as (

    select
        bounds.lead_key,
        bounds.cycle_number,
        bounds.expires_at

    from {{ ref('cycle_bounds') }} as bounds

    cross join {{ ref('clock') }} as clock

    where bounds.expires_at <= clock.as_of

),

all_crm_signals as (

    select
        lead_key,
        signal_key,
        occurred_at,
        known_at,
        stage,
        reason,
        signal_source,
        source_id,
        is_initial,
        is_other_opportunity_open,
        moment_rank,
        moment_number

    from {{ ref('crm_stage_signals') }}

    where
        stage is not null
        and stage != 'known'
        and not coalesce(is_taken_back, false)

),

{% call by_lead(
    inputs={
        'cycles': ref('cycle_bounds'),
        'crossings': 'all_crossings',
        'crm_signals': 'all_crm_signals',
        'expiries': 'all_expiries',
    },
    shared=['stages']
) %}


first_cycles as (

    select
        lead_key,
        started_at

    from cycles

    where cycle_number = 1

),

{# The starts of cycles and what the CRM said, in one order: a statement belongs to
   the last cycle that had started before it. #}
positions as (

    select
        cycles.lead_key,
        {{ no_key() }} as signal_key,
        1 as starts_cycle,
        cycles.started_at as effective_at,
        timestamp '1970-01-01 00:00:00' as occurred_at,
        0 as moment_rank,
        0 as moment_number,
        {{ key(['cycles.lead_key', 'cycles.cycle_number']) }} as position_key,
        cast(null as string) as stage,
        cycles.known_at,
        cast(null as string) as signal_source,
        cast(null as string) as source_id,
        cast(null as string) as reason,
        true as is_initial,
        false as is_other_opportunity_open

    from cycles

    where cycles.start_signal_key is null

    union all

    select
        cycles.lead_key,
        {{ no_key() }} as signal_key,
        1 as starts_cycle,
        cycles.started_at as effective_at,
        crm_signals.occurred_at,
        crm_signals.moment_rank,
        crm_signals.moment_number,
        crm_signals.signal_key as position_key,
        cast(null as string) as stage,
        cycles.known_at,
        cast(null as string) as signal_source,
        cast(null as string) as source_id,
        cast(null as string) as reason,
        true as is_initial,
        false as is_other_opportunity_open

    from cycles

    inner join crm_signals
        on cycles.start_signal_key = crm_signals.signal_key

    union all

    select
        crm_signals.lead_key,
        crm_signals.signal_key,
        0 as starts_cycle,
        greatest(crm_signals.occurred_at, first_cycles.started_at)
            as effective_at,
        crm_signals.occurred_at,
        crm_signals.moment_rank,
        crm_signals.moment_number,
        crm_signals.signal_key as position_key,
        crm_signals.stage,
        crm_signals.known_at,
        crm_signals.signal_source,
        crm_signals.source_id,
        crm_signals.reason,
        crm_signals.is_initial,
        crm_signals.is_other_opportunity_open

    from crm_signals

    inner join first_cycles
        on crm_signals.lead_key = first_cycles.lead_key

),

placed as (

    select
        *,
        cast(sum(starts_cycle) over (
            partition by lead_key
            order by
                effective_at,
                occurred_at,
                moment_rank,
                moment_number,
                position_key,
                starts_cycle desc
            rows between unbounded preceding and current row
        ) as int) as cycle_number

    from positions

),

signals as (

    select
        {{ key(['lead_key', 'cycle_number', "'cycle_start'"]) }} as signal_key,
        lead_key,
        cycle_number,
        'inquiry' as stage,
        started_at as signal_at,
        started_at as effective_at,
        timestamp '1970-01-01 00:00:00' as order_at,
        0 as moment_rank,
        0 as moment_number,
        known_at,
        started_by as signal_source,
        cast(null as string) as source_id,
        cast(null as string) as reason,
        true as is_initial,
        false as is_other_opportunity_open

    from cycles

    union all

    select
        {{ key(["'crossing'", 'crossings.ledger_entry_key']) }} as signal_key,
        crossings.lead_key,
        crossings.cycle_number,
        'mql' as stage,
        crossings.occurred_at as signal_at,
        crossings.occurred_at as effective_at,
        crossings.occurred_at as order_at,
        stages.stage_order as moment_rank,
        0 as moment_number,
        crossings.known_at,
        'points' as signal_source,
        cast(crossings.event_key as string) as source_id,
        cast(null as string) as reason,
        true as is_initial,
        false as is_other_opportunity_open

    from crossings

    inner join stages
        on stages.stage = 'mql'

    union all

    select
        {{ key(['lead_key', 'cycle_number', "'expiry'"]) }} as signal_key,
        lead_key,
        cycle_number,
        'expired' as stage,
        expires_at as signal_at,
        expires_at as effective_at,
        expires_at as order_at,
        0 as moment_rank,
        0 as moment_number,
        expires_at as known_at,
        'silence' as signal_source,
        cast(null as string) as source_id,
        cast(null as string) as reason,
        false as is_initial,
        false as is_other_opportunity_open

    from expiries

    union all

    select
        signal_key,
        lead_key,
        cycle_number,
        stage,
        occurred_at as signal_at,
        effective_at,
        occurred_at as order_at,
        moment_rank,
        moment_number,
        known_at,
        signal_source,
        source_id,
        reason,
        is_initial,
        is_other_opportunity_open

    from placed

    where starts_cycle = 0

),

ordered as (

    select
        signals.*,
        stages.stage_order,
        stages.is_terminal,
        coalesce(
            max(
                case
                    when
                        not signals.is_other_opportunity_open
                        and (not stages.is_terminal or signals.stage = 'closed_won')
                        then stages.stage_order
                end
            ) over earlier,
            0
        ) as furthest_before,
        coalesce(
            sum(
                case
                    when
                        stages.is_terminal
                        and not signals.is_other_opportunity_open
                        then 1
                    else 0
                end
            ) over earlier,
            0
        ) as exits_before

    from signals

    inner join stages
        on signals.stage = stages.stage

    window earlier as (
        partition by signals.lead_key, signals.cycle_number
        order by
            signals.effective_at,
            signals.order_at,
            signals.moment_rank,
            signals.moment_number,
            signals.signal_key
        rows between unbounded preceding and 1 preceding
    )

),

first_exits as (

    select
        lead_key,
        cycle_number,
        max(stage) as stage

    from ordered

    where is_terminal and exits_before = 0 and not is_other_opportunity_open

    group by lead_key, cycle_number

),

final as (

    select
        ordered.signal_key,
        ordered.lead_key,
        ordered.cycle_number,
        ordered.stage,
        ordered.stage_order,
        ordered.is_terminal,
        ordered.signal_at,
        ordered.effective_at,
        ordered.known_at,
        ordered.signal_source,
        ordered.source_id,
        ordered.reason,
        case
            when ordered.is_other_opportunity_open then 'other_opportunity_open'
            when ordered.exits_before > 0 and ordered.stage = first_exits.stage
                then 'repeated'
            when ordered.exits_before > 0 and ordered.is_initial then 'repeated'
            {# Who clears up what had expired contradicts nothing. #}
            when
                ordered.exits_before > 0
                and ordered.is_terminal
                and first_exits.stage = 'expired'
                then 'repeated'
            when ordered.exits_before > 0 then 'after_exit'
            when ordered.is_terminal then 'moved'
            when ordered.stage_order > ordered.furthest_before then 'moved'
            when ordered.stage_order = ordered.furthest_before then 'repeated'
            {# What only speaks for an early stage is no contradiction later. #}
            when ordered.is_initial then 'repeated'
            else 'backward'
        end as effect

    from ordered

    left join first_exits
        on
            ordered.lead_key = first_exits.lead_key
            and ordered.cycle_number = first_exits.cycle_number

)

{% endcall %}
