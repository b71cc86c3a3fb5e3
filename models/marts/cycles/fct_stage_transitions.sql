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

{% if service_level_is_in_business_hours() %}
{# Stages are anybody's: of no team and no country. #}
business_days as (

    select * from {{ ref('business_days') }}
    where
        team_id = ''
        and country_code = ''

),

{% endif %}
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
            when
                {% if service_level_is_in_business_hours() %}
                {{ business_seconds_until('coalesce(entries.exited_at, clock.as_of)', 'exit_days') }}
                - {{ business_seconds_until('entries.entered_at', 'entry_days') }}
                {% else %}
                {{ seconds_between('entries.entered_at', 'coalesce(entries.exited_at, clock.as_of)') }}
                {% endif %}
                > stages.service_level_hours * 3600
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
    {% if service_level_is_in_business_hours() %}

    left join business_days as entry_days
        on cast({{ reporting_time('entries.entered_at') }} as date) = entry_days.local_date

    left join business_days as exit_days
        on
            cast({{ reporting_time('coalesce(entries.exited_at, clock.as_of)') }} as date)
            = exit_days.local_date
    {% endif %}

    left join transitions
        on
            entries.from_stage = transitions.from_stage
            and entries.stage = transitions.to_stage

)

select * from final
order by lead_key, cycle_number, entry_number
