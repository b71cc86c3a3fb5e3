{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# One row per cycle of a person. The first cycle starts with
   the first hand-raise, and a record of the CRM is one unless its first status says that the
   person is only known; a later one with what comes after an exit: the next
   engagement, or the CRM moving the lead forward again, as stage_transitions
   allows. A customer comes back by asking for something, or by another deal. A cycle that a signal started begins at that signal, with what else was
   said in the same moment before it still in the cycle before. An open cycle in
   which nobody does anything expires, after the days of the furthest stage that the
   CRM names in it: what points alone say is not known yet here, and a status that stands
   from a cycle that expired is still what the CRM says. Its
   expires_at may lie ahead, so that no row changes because time goes by. #}
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

expiries as (

    select
        stage,
        stage_order,
        expires_after_days

    from stages

    where expires_after_days > 0 and not is_terminal

),

all_statements as (

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
        coalesce(signals.is_expansion, false) as is_expansion,
        signals.stage = 'known' as is_only_known,
        stages.stage_order,
        stages.is_terminal,
        stages.stage is not null
        and not signals.is_other_opportunity_open
        and not coalesce(signals.is_taken_back, false) as is_heard

    from {{ ref('crm_stage_signals') }} as signals

    left join stages
        on signals.stage = stages.stage

),

all_channels as (

    select
        lead_key,
        channel

    from {{ ref('lead_profiles') }}

    where channel is not null

),

{% call by_lead(
    inputs={
        'events': ref('lead_events'),
        'statements': 'all_statements',
        'channels': 'all_channels',
    },
    shared=['reopenings', 'expiries']
) %}

signals as (

    select * from statements
    where is_heard

),

status_statements as (

    select * from statements
    where signal_source = 'lead_status'

),

first_statuses as (

    {{ first_rows(
        'status_statements',
        by='lead_key, source_id',
        order_by='occurred_at, moment_rank, moment_number, signal_key'
    ) }}

),

only_known as (

    select
        lead_key,
        source_id,
        {{ key(["'lead_created:' || source_id"]) }} as lead_created_key,
        {{ key(["'contact_created:' || source_id"]) }} as contact_created_key

    from first_statuses

    where is_only_known

),

{# The first contact, or of a person of whom the CRM knows only a deal that deal. #}
starts as (

    select
        lead_key,
        coalesce(min(case when is_contact then occurred_at end), min(occurred_at)) as started_at,
        coalesce(min(case when is_contact then known_at end), min(known_at)) as known_at

    from (
        select
            events.lead_key,
            events.occurred_at,
            events.known_at,
            true as is_contact

        from events

        left join only_known
            on
                events.lead_key = only_known.lead_key
                and events.event_key
                in (only_known.lead_created_key, only_known.contact_created_key)

        where
            events.is_engagement
            or (events.event_type = 'lead_created' and only_known.lead_key is null)

        union all

        {# Whoever was only known is a lead with the first word of a stage. #}
        select
            signals.lead_key,
            signals.occurred_at,
            signals.known_at,
            only_known.lead_key is not null as is_contact

        from signals

        left join only_known
            on
                signals.lead_key = only_known.lead_key
                and signals.source_id = only_known.source_id
                and signals.signal_source = 'lead_status'
    ) as told

    group by lead_key

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

    where
        exits.stage != 'closed_won'
        or {{ is_occasion('events.event_type') }}

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

{# From the start of an open cycle to what ended it. #}
stretches as (

    select
        all_starts.*,
        coalesce(exits.effective_at, timestamp '9999-12-31 00:00:00') as ended_at

    from all_starts

    left join exits
        on
            all_starts.lead_key = exits.lead_key
            and all_starts.exit_number + 1 = exits.exit_number

),

{# What keeps a cycle alive, by anybody. What moves a lead is of one stretch alone. #}
signs_of_life as (

    select
        lead_key,
        occurred_at as effective_at,
        occurred_at,
        known_at,
        cast(null as bigint) as exits_before,
        cast(null as int) as stage_order,
        is_engagement as opens,
        'engagement' as started_by,
        {{ key(['cast(null as string)']) }} as signal_key,
        event_key as sign_key,
        0 as moment_rank,
        0 as moment_number

    from events

    where is_engagement or is_sales_touch or event_type = 'lead_created'

    union all

    {# What is not heard, such as a word on another deal, opens and moves nothing. #}
    select
        statements.lead_key,
        coalesce(numbered.effective_at, statements.occurred_at) as effective_at,
        statements.occurred_at,
        statements.known_at,
        cast(numbered.exits_before as bigint) as exits_before,
        case when not numbered.is_terminal then numbered.stage_order end as stage_order,
        reopenings.to_stage is not null as opens,
        'signal' as started_by,
        statements.signal_key,
        statements.signal_key as sign_key,
        statements.moment_rank,
        statements.moment_number

    from statements

    left join numbered
        on statements.signal_key = numbered.signal_key

    left join reopenings
        on
            reopenings.from_stage = 'expired'
            and numbered.stage = reopenings.to_stage

),

{# Few columns are put in order. What the signs of one moment say together stands at the
   last of them: silence begins there or not at all. #}
lived as (

    select
        stretches.lead_key,
        stretches.exit_number,
        signs_of_life.effective_at,
        coalesce(lead(signs_of_life.effective_at) over stretch_order, stretches.ended_at)
            as next_at,
        max(signs_of_life.stage_order) over stretch_order as furthest,
        stretches.ended_at

    from stretches

    inner join signs_of_life
        on
            stretches.lead_key = signs_of_life.lead_key
            and signs_of_life.effective_at >= stretches.started_at
            and signs_of_life.effective_at <= stretches.ended_at
            and coalesce(signs_of_life.exits_before, stretches.exit_number)
            = stretches.exit_number

    window stretch_order as (
        partition by stretches.lead_key, stretches.exit_number
        order by signs_of_life.effective_at, signs_of_life.sign_key
    )

),

silences as (

    select
        lived.lead_key,
        lived.exit_number,
        lived.effective_at as silent_from,
        lived.ended_at,
        {{ add_days('lived.effective_at', 'expiries.expires_after_days') }} as expires_at

    from lived

    inner join expiries
        on
            lived.furthest = expiries.stage_order
            or (lived.furthest is null and expiries.stage = 'inquiry')

    where
        {{ add_days('lived.effective_at', 'expiries.expires_after_days') }} < lived.next_at

),

{# From one long silence to the next, or to the end. #}
spans as (

    select
        lead_key,
        exit_number,
        row_number() over silence_order as span_number,
        silent_from,
        coalesce(lead(silent_from) over silence_order, ended_at) as until_at,
        expires_at,
        lead(expires_at) over silence_order as next_expires_at

    from silences

    window silence_order as (
        partition by lead_key, exit_number
        order by silent_from
    )

),

{# The first cycle of a stretch is the one that the stretch began. A later span is a cycle if the
   lead, or the CRM, comes back in it. #}
returns as (

    select
        spans.lead_key,
        spans.exit_number,
        spans.span_number,
        spans.next_expires_at,
        signs_of_life.effective_at,
        signs_of_life.known_at,
        signs_of_life.started_by,
        signs_of_life.signal_key,
        row_number() over (
            partition by spans.lead_key, spans.exit_number, spans.span_number
            order by
                signs_of_life.effective_at,
                signs_of_life.started_by,
                signs_of_life.occurred_at,
                signs_of_life.moment_rank,
                signs_of_life.moment_number,
                signs_of_life.signal_key,
                signs_of_life.known_at
        ) as preference_rank

    from spans

    inner join signs_of_life
        on
            spans.lead_key = signs_of_life.lead_key
            and signs_of_life.effective_at > spans.silent_from
            and signs_of_life.effective_at <= spans.until_at
            and coalesce(signs_of_life.exits_before, spans.exit_number) = spans.exit_number

    where signs_of_life.opens

),

begun as (

    select
        stretches.lead_key,
        stretches.started_at,
        stretches.known_at,
        stretches.started_by,
        stretches.start_signal_key,
        stretches.exit_number,
        0 as span_number,
        spans.expires_at

    from stretches

    left join spans
        on
            stretches.lead_key = spans.lead_key
            and stretches.exit_number = spans.exit_number
            and spans.span_number = 1

    union all

    select
        lead_key,
        effective_at as started_at,
        known_at,
        started_by,
        signal_key as start_signal_key,
        exit_number,
        span_number,
        next_expires_at as expires_at

    from returns

    where preference_rank = 1

),

cycles as (

    select
        lead_key,
        cast(row_number() over lead_order as int) as cycle_number,
        started_at,
        lead(started_at, 1, timestamp '9999-12-31 00:00:00') over lead_order
            as next_started_at,
        known_at,
        started_by,
        start_signal_key,
        exit_number,
        expires_at

    from begun

    window lead_order as (
        partition by lead_key
        order by started_at, exit_number, span_number
    )

),

first_wins as (

    select
        lead_key,
        min(exit_number) as exit_number

    from exits

    where stage = 'closed_won'

    group by lead_key

),

said_of_deals as (

    select
        lead_key,
        effective_at,
        is_expansion

    from numbered

    where signal_source = 'opportunity'

),

{# In one step: a join of cycles with what is counted of them would read them twice. #}
cycles_with_deals as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        cycles.next_started_at,
        cycles.known_at,
        cycles.started_by,
        cycles.start_signal_key,
        cycles.exit_number,
        cycles.expires_at,
        min(case when said_of_deals.is_expansion then said_of_deals.effective_at end)
            as first_expansion_at,
        min(case when not said_of_deals.is_expansion then said_of_deals.effective_at end)
            as first_new_business_at

    from cycles

    left join said_of_deals
        on
            cycles.lead_key = said_of_deals.lead_key
            and said_of_deals.effective_at >= cycles.started_at
            and said_of_deals.effective_at < cycles.next_started_at

    group by
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        cycles.next_started_at,
        cycles.known_at,
        cycles.started_by,
        cycles.start_signal_key,
        cycles.exit_number,
        cycles.expires_at

),

{# What was first of all: the lead's own doing, marketing's word, sales or a record. #}
first_signs as (

    select
        lead_key,
        coalesce(min(engaged_at), timestamp '9999-12-31 00:00:00') as engaged_at,
        coalesce(min(qualified_at), timestamp '9999-12-31 00:00:00') as qualified_at,
        coalesce(min(recorded_at), timestamp '9999-12-31 00:00:00') as recorded_at,
        coalesce(min(worked_at), timestamp '9999-12-31 00:00:00') as worked_at

    from (
        select
            lead_key,
            case when is_engagement then occurred_at end as engaged_at,
            cast(null as timestamp) as qualified_at,
            case when event_type = 'lead_created' then occurred_at end as recorded_at,
            case when is_sales_touch then occurred_at end as worked_at

        from events

        union all

        select
            lead_key,
            cast(null as timestamp) as engaged_at,
            case when stage = 'mql' then occurred_at end as qualified_at,
            cast(null as timestamp) as recorded_at,
            case when signal_source = 'opportunity' then occurred_at end as worked_at

        from signals
    ) as signs

    group by lead_key

),

final as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        cycles.next_started_at,
        cycles.known_at,
        cycles.started_by,
        cycles.start_signal_key,
        cycles.expires_at,
        case
            when cycles.exit_number >= first_wins.exit_number then 'expansion'
            when
                cycles.first_expansion_at
                <= coalesce(cycles.first_new_business_at, cycles.first_expansion_at)
                then 'expansion'
            {# Whoever took up again a lead that had left. #}
            when
                cycles.cycle_number > 1
                and (
                    starters.signal_source = 'opportunity'
                    or starters.stage in ('sal', 'sql')
                )
                then 'sales'
            when cycles.cycle_number > 1 then 'marketing'
            {# Of a lead that was a record first, the record says where it is from. #}
            when
                first_signs.recorded_at < first_signs.engaged_at
                and channels.channel = 'partner'
                then 'partner'
            when
                first_signs.recorded_at < first_signs.engaged_at
                and channels.channel = 'outbound'
                then 'sales'
            when
                first_signs.worked_at < first_signs.engaged_at
                and first_signs.worked_at < first_signs.qualified_at
                and (
                    channels.channel is null
                    or first_signs.worked_at < first_signs.recorded_at
                )
                then 'sales'
            else 'marketing'
        end as lead_origin

    from cycles_with_deals as cycles

    left join first_wins
        on cycles.lead_key = first_wins.lead_key

    left join signals as starters
        on cycles.start_signal_key = starters.signal_key

    left join first_signs
        on cycles.lead_key = first_signs.lead_key

    left join channels
        on cycles.lead_key = channels.lead_key

)

{% endcall %}
