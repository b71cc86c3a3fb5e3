with

entries as (

    select * from {{ ref('stage_entries') }}

),

stages as (

    select * from {{ ref('stages') }}

),

clock as (

    select * from {{ ref('clock') }}

),

transitions as (

    select * from {{ ref('stage_transitions') }}

),

final as (

    select
        entries.stage_transition_key,
        entries.lead_key,
        entries.cycle_number,
        entries.entry_number,
        entries.stage,
        entries.from_stage,
        case
            when entries.from_stage is null and entries.cycle_number = 1 then 'entry'
            when entries.from_stage is null then 'reopen'
            else coalesce(transitions.kind, 'unlisted')
        end as kind,
        entries.entered_at,
        entries.exited_at,
        entries.next_stage,
        stages.owner as stage_owner,
        {# An end has no service level, and a skipped stage took no time. #}
        case
            when stages.is_terminal or entries.is_implied then null
            when coalesce(entries.exited_at, clock.as_of)
                > {{ add_seconds('entries.entered_at', 'stages.service_level_hours * 3600') }}
                then false
            when entries.exited_at is not null then true
        end as is_service_level_kept,
        entries.is_implied,
        entries.signal_key,
        entries.signal_at,
        entries.signal_source,
        entries.source_id,
        entries.reason,
        entries.known_at

    from entries

    inner join stages
        on entries.stage = stages.stage

    cross join clock

    left join transitions
        on
            entries.from_stage = transitions.from_stage
            and entries.stage = transitions.to_stage

)

select * from final
order by lead_key, cycle_number, entry_number
