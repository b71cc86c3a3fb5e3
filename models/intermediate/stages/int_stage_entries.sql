{# One row per stage that a cycle entered. A stage that a move skipped is entered
   at that move and flagged. #}
with

moves as (

    select
        *,
        coalesce(
            lag(case when is_terminal and stage != 'closed_won' then null else stage_order end)
                over cycle_order,
            0
        ) as stage_order_before

    from {{ ref('int_stage_signals') }}

    where effect = 'moved'

    window cycle_order as (
        partition by lead_key, cycle_number
        order by effective_at, stage_order, signal_key
    )

),

stages as (

    select * from {{ ref('int_stages') }}

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
        {{ key(['lead_key', 'cycle_number', 'stage']) }} as stage_transition_key,
        lead_key,
        cycle_number,
        cast(row_number() over cycle_order as int) as entry_number,
        stage,
        stage_order,
        lag(stage) over cycle_order as from_stage,
        entered_at,
        lead(entered_at) over cycle_order as exited_at,
        lead(stage) over cycle_order as next_stage,
        is_implied,
        signal_key,
        signal_at,
        signal_source,
        source_id,
        reason,
        known_at

    from entries

    window cycle_order as (
        partition by lead_key, cycle_number
        order by entered_at, stage_order, stage
    )

)

select * from final
