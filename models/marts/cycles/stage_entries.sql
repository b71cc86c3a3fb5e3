{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# One row per stage that a cycle entered. A stage that a move skipped is entered
   at that move and flagged. #}
with

stages as (

    select
        stage,
        stage_order,
        is_terminal

    from {{ ref('stages') }}

),

{% call by_lead(
    inputs={'signals': ref('int_stage_signals')},
    shared=['stages']
) %}


moves as (

    select
        *,
        coalesce(
            lag(case when is_terminal and stage != 'closed_won' then null else stage_order end)
                over cycle_order,
            0
        ) as stage_order_before

    from signals

    where effect = 'moved'

    window cycle_order as (
        partition by lead_key, cycle_number
        order by effective_at, stage_order, signal_key
    )

),

entries as (

    select
        moves.lead_key,
        moves.cycle_number,
        moves.stage,
        moves.stage_order,
        moves.effective_at as entered_at,
        false as is_implied,
        moves.signal_key,
        moves.signal_at,
        moves.signal_source,
        moves.source_id,
        moves.reason,
        moves.known_at

    from moves

    union all

    select
        moves.lead_key,
        moves.cycle_number,
        stages.stage,
        stages.stage_order,
        moves.effective_at as entered_at,
        true as is_implied,
        moves.signal_key,
        moves.signal_at,
        moves.signal_source,
        moves.source_id,
        cast(null as string) as reason,
        moves.known_at

    from moves

    inner join stages
        on
            stages.stage_order > moves.stage_order_before
            and stages.stage_order < moves.stage_order
            and (not moves.is_terminal or moves.stage = 'closed_won')
            and not stages.is_terminal

),

final as (

    select
        {{ key(['entries.lead_key', 'entries.cycle_number', 'entries.stage']) }} as stage_transition_key,
        entries.lead_key,
        entries.cycle_number,
        cast(row_number() over cycle_order as int) as entry_number,
        entries.stage,
        entries.stage_order,
        lag(entries.stage) over cycle_order as from_stage,
        entries.entered_at,
        lead(entries.entered_at) over cycle_order as exited_at,
        lead(entries.stage) over cycle_order as next_stage,
        entries.is_implied,
        entries.signal_key,
        entries.signal_at,
        entries.signal_source,
        entries.source_id,
        entries.reason,
        entries.known_at

    from entries

    window cycle_order as (
        partition by entries.lead_key, entries.cycle_number
        order by entries.entered_at, entries.stage_order, entries.stage
    )

)

{% endcall %}
