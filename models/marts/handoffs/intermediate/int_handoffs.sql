{# One row per entry to mql, with when and how sales was told of it, who had the lead and what
   sales did for it until the next cycle began. The owner is the last one the lead had in
   that time. #}
with

clock as (

    select * from {{ ref('clock') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

bounds as (

    select
        lead_key,
        cycle_number,
        next_started_at,
        lead(lead_origin) over (
            partition by lead_key
            order by cycle_number
        ) as next_lead_origin

    from {{ ref('cycle_bounds') }}

),

entries as (

    select * from {{ ref('stage_entries') }}
    where stage = 'mql'

),

owners as (

    select * from {{ ref('lead_owners') }}
    where owner_id is not null

),

activities as (

    select
        events.lead_key,
        events.occurred_at,
        events.is_day_only,
        events.counts_as,
        {# Nobody works on one lead for longer than a day; a clock that nobody stopped says so. #}
        case when logged.duration_minutes > 0 then least(logged.duration_minutes, 480) end as minutes

    from {{ ref('lead_events') }} as events

    left join {{ ref('stg_raw__crm_activities') }} as logged
        on events.event_key = logged.event_key

    where events.counts_as in ('contact', 'touch', 'work')

),

reps as (

    select * from {{ ref('reps') }}

),

assignments as (

    select
        lead_key,
        {# Within the day, after the run that it is remembered with. #}
        greatest(as_of, coalesce(assigned_at, as_of)) as given_at

    from {{ source('sync', 'published_assignments') }}

),

{# What was acknowledged of a record is told to the person that the record is of; a record
   that we created bears the key of its lead. #}
acknowledgements as (

    select
        members.lead_key,
        answers.acknowledged_at

    from {{ source('sync', 'sync_acknowledgements') }} as answers

    inner join {{ ref('identity_members') }} as members
        on
            answers.crm_lead_id = members.identifier_value
            and members.identifier_type in ('crm_lead', 'crm_contact')

    where answers.owner_id is not null

    union all

    select
        cycles.lead_key,
        answers.acknowledged_at

    from {{ source('sync', 'sync_acknowledgements') }} as answers

    inner join cycles
        on
            answers.sync_key = cast(cycles.lead_key as string)
            and cycles.is_current

    where answers.owner_id is not null

),

mqls as (

    select
        entries.stage_transition_key as handoff_key,
        entries.lead_key,
        entries.cycle_number,
        entries.entered_at,
        entries.is_implied,
        entries.signal_source,
        bounds.next_started_at,
        bounds.next_lead_origin,
        cycles.started_at,
        cycles.ended_at,
        cycles.sal_at,
        cycles.sql_at,
        cycles.origin,
        cycles.outcome,
        cycles.outcome_reason

    from entries

    inner join bounds
        on
            entries.lead_key = bounds.lead_key
            and entries.cycle_number = bounds.cycle_number

    inner join cycles
        on
            entries.lead_key = cycles.lead_key
            and entries.cycle_number = cycles.cycle_number

),

{# Every way in which sales may have learnt of the MQL. #}
words as (

    select
        handoff_key,
        'crm_status' as told_by,
        1 as preference,
        entered_at as told_at

    from mqls

    where signal_source != 'points'

    union all

    {# The CRM may say so after points have. #}
    select
        mqls.handoff_key,
        'crm_status' as told_by,
        1 as preference,
        signals.occurred_at as told_at

    from mqls

    inner join {{ ref('crm_stage_signals') }} as signals
        on
            mqls.lead_key = signals.lead_key
            and signals.occurred_at >= mqls.entered_at
            and signals.occurred_at < mqls.next_started_at

    where signals.stage not in ('inquiry', 'known') and not signals.is_taken_back

    union all

    select
        mqls.handoff_key,
        'crm_owner' as told_by,
        2 as preference,
        greatest(owners.owned_from, mqls.entered_at) as told_at

    from mqls

    cross join clock

    inner join owners
        on
            mqls.lead_key = owners.lead_key
            and owners.owned_from < mqls.next_started_at
            and owners.owned_from <= clock.as_of
            and owners.owned_to > mqls.entered_at

    {% for told, moment in {'assignments': 'given_at', 'acknowledgements': 'acknowledged_at'}.items() %}
    union all

    {# A run that is built again must find what it found: what it published itself is no
       news to it. #}
    select
        mqls.handoff_key,
        'assignment' as told_by,
        3 as preference,
        greatest({{ told }}.{{ moment }}, mqls.entered_at) as told_at

    from mqls

    cross join clock

    inner join {{ told }}
        on
            {% if told == 'assignments' %}
            cast(mqls.lead_key as string) = assignments.lead_key
            {% else %}
            mqls.lead_key = acknowledgements.lead_key
            {% endif %}
            and {{ told }}.{{ moment }} >= mqls.started_at
            and {{ told }}.{{ moment }} < mqls.next_started_at
            and {{ told }}.{{ moment }} < clock.as_of

    {% endfor %}
),

told as (

    {{ first_rows('words', by='handoff_key', order_by='told_at, preference') }}

),

handoffs as (

    select
        mqls.handoff_key,
        mqls.lead_key,
        mqls.cycle_number,
        mqls.entered_at as mql_at,
        told.told_by,
        {# Sales can answer for nothing before it was told. #}
        coalesce(told.told_at, mqls.entered_at) as handoff_at,
        mqls.is_implied,
        mqls.signal_source as handed_over_by,
        mqls.origin,
        {# Sales may have called before it was told to. #}
        greatest(
            {{ add_days('mqls.entered_at', '-1.0 * ' ~ var('touch_before_handoff_hours') ~ ' / 24') }},
            mqls.started_at
        ) as touched_from,
        mqls.next_started_at,
        mqls.ended_at,
        mqls.outcome_reason,
        mqls.sal_at,
        {# What a rep thinks after that is no judgement of what was handed over. #}
        coalesce(least(mqls.sql_at, mqls.ended_at), mqls.next_started_at) as open_until,
        case
            when mqls.outcome in ('recycled', 'disqualified', 'closed_lost')
                and mqls.sal_at is null
                then mqls.ended_at
        end as rejected_at,
        mqls.sal_at is null and coalesce(mqls.outcome = 'expired', false) as is_expired,
        {# Sales took it up without having been asked again: a cycle of its own. #}
        case
            when mqls.outcome = 'expired' and mqls.next_lead_origin = 'sales'
                then mqls.next_started_at
        end as taken_up_at

    from mqls

    left join told
        on mqls.handoff_key = told.handoff_key

),

first_touches as (

    select
        handoffs.handoff_key,
        {% set is_touch = "activities.counts_as in ('contact', 'touch')" %}
        min(case when {{ is_touch }} then activities.occurred_at end) as first_sales_touch_at,
        min(case when {{ is_touch }} and activities.is_day_only then activities.occurred_at end)
            as first_day_touch_at,
        min(case when activities.counts_as = 'contact' then activities.occurred_at end)
            as first_sales_contact_at,
        min(case when activities.counts_as = 'work' then activities.occurred_at end)
            as first_sales_note_at,
        sum(case when {{ is_touch }} then 1 else 0 end) as sales_touches,
        {# What comes after that is work on a deal. #}
        sum(case
            when {{ is_touch }} and activities.occurred_at < handoffs.open_until
                then coalesce(activities.minutes, 0)
        end) as sales_minutes

    from handoffs

    inner join activities
        on
            handoffs.lead_key = activities.lead_key
            and activities.occurred_at >= handoffs.touched_from
            and activities.occurred_at < handoffs.next_started_at

    group by handoffs.handoff_key

),

{# Once the cycle is over, the company's purchase is no answer to this handoff. #}
account_wins as (

    select
        handoffs.handoff_key,
        min(wins.won_at) as won_at

    from handoffs

    inner join {{ ref('colleagues_wins') }} as wins
        on
            handoffs.lead_key = wins.lead_key
            and wins.won_at >= handoffs.handoff_at
            and wins.won_at < handoffs.next_started_at
            and wins.won_at <= coalesce(handoffs.ended_at, handoffs.next_started_at)

    group by handoffs.handoff_key

),

ranked_owners as (

    select
        handoffs.handoff_key,
        owners.owner_id,
        row_number() over (
            partition by handoffs.handoff_key
            order by owners.owned_from desc, owners.crm_lead_id desc, owners.owner_id
        ) as preference_rank

    from handoffs

    cross join clock

    inner join owners
        on
            handoffs.lead_key = owners.lead_key
            and owners.owned_from < handoffs.next_started_at
            and owners.owned_from <= clock.as_of
            and owners.owned_to > handoffs.handoff_at

),

{# A handoff was one too many when its rep had been given a week's worth in the
   seven days before. Positions in the rep's row of handoffs, so that equal times
   count one after the other. #}
owned as (

    select
        handoffs.handoff_key,
        ranked_owners.owner_id,
        reps.team_id,
        reps.weekly_capacity,
        {# Where no rep is known at all, nothing tells who is none. #}
        reps.rep_id is null and (select count(*) from reps) > 0 as is_owner_unknown,
        row_number() over rep_order as rep_position,
        {{ epoch_micros('handoffs.handoff_at') }} as handoff_micros

    from handoffs

    inner join ranked_owners
        on
            handoffs.handoff_key = ranked_owners.handoff_key
            and ranked_owners.preference_rank = 1

    left join reps
        on ranked_owners.owner_id = reps.rep_id

    window rep_order as (
        partition by ranked_owners.owner_id
        order by handoffs.handoff_at, handoffs.handoff_key
    )

),

loaded as (

    select
        handoff_key,
        owner_id,
        team_id,
        is_owner_unknown,
        coalesce(
            rep_position - 1
            - count(*) over (
                partition by owner_id
                order by handoff_micros
                range between unbounded preceding and 604800000000 preceding
            )
            >= weekly_capacity,
            false
        ) as is_over_capacity

    from owned

),

final as (

    select
        handoffs.*,
        loaded.owner_id,
        loaded.team_id,
        coalesce(loaded.is_owner_unknown, false) as is_owner_unknown,
        coalesce(loaded.is_over_capacity, false) as is_over_capacity,
        first_touches.first_sales_touch_at,
        coalesce(
            first_touches.first_day_touch_at = first_touches.first_sales_touch_at, false
        ) as is_touch_day_only,
        first_touches.first_sales_contact_at,
        first_touches.first_sales_note_at,
        cast(coalesce(first_touches.sales_touches, 0) as bigint) as sales_touches,
        cast(first_touches.sales_minutes as bigint) as sales_minutes,
        account_wins.won_at as account_won_at,
        least(
            first_touches.first_sales_touch_at,
            handoffs.sal_at,
            handoffs.rejected_at,
            account_wins.won_at
        ) as answered_at

    from handoffs

    left join first_touches
        on handoffs.handoff_key = first_touches.handoff_key

    left join account_wins
        on handoffs.handoff_key = account_wins.handoff_key

    left join loaded
        on handoffs.handoff_key = loaded.handoff_key

)

select * from final
