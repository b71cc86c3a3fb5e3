{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# One row per pass of a person through the funnel. The first cycle starts with
   the first hand-raise; a later one with what comes after an exit: the next
   engagement, or the CRM moving the lead forward again, as stage_transitions
   allows. A cycle that a signal started begins at that signal, with what else was
   said in the same moment before it still in the cycle before. #}
with

stages as (

    select * from {{ ref('stages') }}

),

reopenings as (

    select
        from_stage,
        to_stage

    from {{ ref('stage_transitions') }}

    where kind = 'reopen'

),

all_signals as (

    select
        signals.lead_key,
        signals.signal_key,
        signals.occurred_at,
        signals.known_at,
        signals.stage,
        signals.signal_source,
        signals.source_id,
        signals.moment_rank,
        signals.moment_number,
        stages.stage_order,
        stages.is_terminal

    from {{ ref('crm_stage_signals') }} as signals

    inner join stages
        on signals.stage = stages.stage

    where
        not signals.is_other_opportunity_open
        and not coalesce(signals.is_taken_back, false)

),

{% call by_lead(
    inputs={'events': ref('lead_events'), 'signals': 'all_signals'},
    shared=['reopenings']
) %}


first_contacts as (

    select
        lead_key,
        min(occurred_at) as started_at,
        min(known_at) as known_at

    from (
        select
            lead_key,
            occurred_at,
            known_at

        from events

        where is_engagement or event_type = 'lead_created'
    ) as contacts

    group by lead_key

),

{# A person of whom the CRM knows only a deal starts with that deal. #}
starts as (

    select * from first_contacts

    union all

    select
        signals.lead_key,
        min(signals.occurred_at) as started_at,
        min(signals.known_at) as known_at

    from signals

    left join first_contacts
        on signals.lead_key = first_contacts.lead_key

    where first_contacts.lead_key is null

    group by signals.lead_key

),

{# A signal from before the first contact cannot have moved the lead before it
   was there: it counts from the first contact on. #}
numbered as (

    select
        signals.*,
        greatest(signals.occurred_at, starts.started_at) as effective_at,
        sum(case when signals.is_terminal then 1 else 0 end) over (
            partition by signals.lead_key
            order by
                greatest(signals.occurred_at, starts.started_at),
                signals.occurred_at,
                signals.moment_rank,
                signals.moment_number,
                signals.signal_key
            rows between unbounded preceding and current row
        )
        - case when signals.is_terminal then 1 else 0 end as exits_before

    from signals

    inner join starts
        on signals.lead_key = starts.lead_key

),

exits as (

    select
        lead_key,
        exits_before + 1 as exit_number,
        stage,
        source_id,
        effective_at,
        lead(effective_at, 1, timestamp '9999-12-31 00:00:00') over (
            partition by lead_key
            order by exits_before
        ) as next_exit_at

    from numbered

    where is_terminal

),

reopened as (

    select
        numbered.lead_key,
        exits.exit_number,
        numbered.effective_at as started_at,
        numbered.known_at,
        'signal' as started_by,
        numbered.signal_key as start_signal_key,
        numbered.occurred_at,
        numbered.moment_rank,
        numbered.moment_number

    from numbered

    inner join exits
        on
            numbered.lead_key = exits.lead_key
            and numbered.exits_before = exits.exit_number

    inner join reopenings
        on
            exits.stage = reopenings.from_stage
            and numbered.stage = reopenings.to_stage

    where
        {# A customer comes back through another opportunity, not through a
           late word about the same one. #}
        exits.stage != 'closed_won'
        or (
            numbered.signal_source = 'opportunity'
            and numbered.source_id != exits.source_id
        )

    union all

    select
        exits.lead_key,
        exits.exit_number,
        events.occurred_at as started_at,
        events.known_at,
        'engagement' as started_by,
        {{ key(['cast(null as string)']) }} as start_signal_key,
        events.occurred_at,
        0 as moment_rank,
        0 as moment_number

    from exits

    inner join reopenings
        on
            exits.stage = reopenings.from_stage
            and reopenings.to_stage = 'inquiry'

    inner join events
        on
            exits.lead_key = events.lead_key
            and events.is_engagement
            and events.occurred_at > exits.effective_at
            and events.occurred_at < exits.next_exit_at

    where exits.stage != 'closed_won'

),

reopened_first as (

    select
        *,
        row_number() over (
            partition by lead_key, exit_number
            order by
                started_at, started_by, occurred_at, moment_rank, moment_number,
                start_signal_key, known_at
        ) as preference_rank

    from reopened

),

all_starts as (

    select
        lead_key,
        started_at,
        known_at,
        'first_contact' as started_by,
        {{ key(['cast(null as string)']) }} as start_signal_key,
        0 as exit_number

    from starts

    union all

    select
        lead_key,
        started_at,
        known_at,
        started_by,
        start_signal_key,
        exit_number

    from reopened_first

    where preference_rank = 1

),

final as (

    select
        all_starts.lead_key,
        cast(row_number() over lead_order as int) as cycle_number,
        all_starts.started_at,
        lead(all_starts.started_at, 1, timestamp '9999-12-31 00:00:00') over lead_order
            as next_started_at,
        all_starts.known_at,
        all_starts.started_by,
        all_starts.start_signal_key

    from all_starts

    window lead_order as (
        partition by all_starts.lead_key
        order by all_starts.started_at, all_starts.exit_number
    )

)

{% endcall %}
