{# One row per entry to mql. Sales has until the next cycle to touch the lead;
   the owner is the last one the lead had in that time. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

bounds as (

    select
        lead_key,
        cycle_number,
        next_started_at

    from {{ ref('int_cycles') }}

),

entries as (

    select * from {{ ref('int_stage_entries') }}
    where stage = 'mql'

),

owners as (

    select * from {{ ref('int_lead_owners') }}
    where owner_id is not null

),

touches as (

    select
        lead_key,
        occurred_at

    from {{ ref('int_lead_events') }}

    where is_sales_touch

),

reps as (

    select * from {{ ref('int_reps') }}

),

service_level as (

    select service_level_hours
    from {{ ref('int_stages') }}
    where stage = 'mql'

),

{# Whether sales logs its touches at all: where it does not, following up
   cannot be seen, and nothing is called a black hole. #}
observability as (

    select count(*) > 0 as is_follow_up_observable
    from {{ ref('stg_raw__crm_activities') }}

),

handoffs as (

    select
        entries.stage_transition_key as handoff_key,
        entries.lead_key,
        entries.cycle_number,
        entries.entered_at as handoff_at,
        entries.is_implied,
        entries.signal_source as handed_over_by,
        bounds.next_started_at,
        cycles.outcome,
        cycles.outcome_reason,
        cycles.sal_at,
        case
            when cycles.outcome in ('recycled', 'disqualified', 'closed_lost')
                and cycles.sal_at is null
                then cycles.ended_at
        end as rejected_at

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

first_touches as (

    select
        handoffs.handoff_key,
        min(touches.occurred_at) as first_sales_touch_at,
        count(*) as sales_touches

    from handoffs

    inner join touches
        on
            handoffs.lead_key = touches.lead_key
            and touches.occurred_at >= handoffs.handoff_at
            and touches.occurred_at < handoffs.next_started_at

    group by handoffs.handoff_key

),

ranked_owners as (

    select
        handoffs.handoff_key,
        owners.owner_id,
        row_number() over (
            partition by handoffs.handoff_key
            order by owners.owned_from desc, owners.crm_lead_id desc, owners.owner_id
        ) as preference

    from handoffs

    cross join clock

    inner join owners
        on
            handoffs.lead_key = owners.lead_key
            and owners.owned_from < handoffs.next_started_at
            and owners.owned_from <= clock.as_of
            and owners.owned_to > handoffs.handoff_at

),

judged as (

    select
        handoffs.*,
        first_touches.first_sales_touch_at,
        coalesce(first_touches.sales_touches, 0) as sales_touches,
        ranked_owners.owner_id,
        reps.team_id,
        clock.as_of,
        observability.is_follow_up_observable,
        case
            when handoffs.sal_at is not null then 'accepted'
            when handoffs.rejected_at is not null then 'rejected'
            when
                observability.is_follow_up_observable
                and first_touches.handoff_key is null
                and {{ add_days('handoffs.handoff_at', var('black_hole_after_days')) }}
                <= clock.as_of
                then 'never_followed_up'
            else 'pending'
        end as verdict

    from handoffs

    cross join clock

    cross join observability

    left join first_touches
        on handoffs.handoff_key = first_touches.handoff_key

    left join ranked_owners
        on
            handoffs.handoff_key = ranked_owners.handoff_key
            and ranked_owners.preference = 1

    left join reps
        on ranked_owners.owner_id = reps.rep_id

),

final as (

    select
        judged.handoff_key,
        judged.lead_key,
        judged.cycle_number,
        judged.handoff_at,
        judged.is_implied,
        judged.handed_over_by,
        judged.owner_id,
        judged.team_id,
        judged.first_sales_touch_at,
        judged.sales_touches,
        {{ seconds_between('judged.handoff_at', 'judged.first_sales_touch_at') }}
            as speed_to_lead_seconds,
        judged.verdict,
        case judged.verdict
            when 'accepted' then judged.sal_at
            when 'rejected' then judged.rejected_at
        end as verdict_at,
        case when judged.verdict = 'rejected' then judged.outcome_reason end
            as verdict_reason,
        judged.verdict = 'never_followed_up' as is_in_black_hole,
        case
            when not judged.is_follow_up_observable then null
            when
                least(judged.first_sales_touch_at, judged.sal_at, judged.rejected_at)
                <= {{ add_seconds('judged.handoff_at', 'service_level.service_level_hours * 3600') }}
                then true
            when
                {{ add_seconds('judged.handoff_at', 'service_level.service_level_hours * 3600') }}
                > judged.as_of then null
            else false
        end as is_service_level_kept

    from judged

    cross join service_level

)

select * from final
order by lead_key, cycle_number
