{# What each rep can still take: in the week that begins at as_of, and on the
   working day that leads are handed out for. Handoffs of the seven days before
   count against the week, those since the last day closed against the day too. A
   lead that is assigned anew, or was since, no longer counts for the rep who had it. #}
with

clock as (

    select * from {{ ref('clock') }}

),

reps as (

    select * from {{ ref('reps') }}

),

team_days as (

    select * from {{ ref('team_days') }}

),

handoffs as (

    {{ with_other_leads(ref('fct_handoffs')) }}

),

efforts as (

    {{ with_other_leads(ref('int_lead_efforts')) }}

),

owners as (

    {{ with_other_leads(ref('int_routing_owners')) }}

),

days as (

    select
        reps.rep_id,
        {{ team_day('begins_at', add_days('clock.as_of', -1)) }} as day_begins_at

    from reps

    cross join clock

    {{ join_team_day('team_days', 'reps.team_id') }}

),

taken as (

    select
        days.rep_id,
        sum(coalesce(efforts.slots, 1)) as slots_taken,
        sum(case
            when handoffs.handoff_at > days.day_begins_at
                then coalesce(efforts.slots, 1)
            else 0
        end) as slots_taken_today

    from handoffs

    inner join days
        on handoffs.owner_id = days.rep_id

    left join efforts
        on handoffs.lead_key = efforts.lead_key

    left join owners
        on
            handoffs.lead_key = owners.lead_key
            and handoffs.cycle_number = owners.cycle_number

    cross join clock

    where
        owners.reassigned_because is null
        and handoffs.owner_id = coalesce(owners.last_owner_id, handoffs.owner_id)
        and handoffs.handoff_at > {{ add_days('clock.as_of', -7) }}
        and handoffs.handoff_at <= clock.as_of

    group by days.rep_id

),

weeks as (

    select
        reps.*,
        days.day_begins_at,
        coalesce(taken.slots_taken, 0) as slots_taken,
        coalesce(taken.slots_taken_today, 0) as slots_taken_today,
        case
            when reps.is_available
                then greatest(
                    reps.weekly_capacity - coalesce(taken.slots_taken, 0), 0
                )
            else 0
        end as free_slots

    from reps

    inner join days
        on reps.rep_id = days.rep_id

    left join taken
        on reps.rep_id = taken.rep_id

),

final as (

    select
        rep_id,
        team_id,
        experience_level,
        is_available,
        weekly_capacity,
        daily_capacity,
        day_begins_at,
        cast(slots_taken as int) as slots_taken,
        cast(slots_taken_today as int) as slots_taken_today,
        cast(free_slots as int) as free_slots,
        cast(least(
            free_slots, greatest(daily_capacity - slots_taken_today, 0)
        ) as int) as free_slots_today

    from weeks

)

select * from final
