{# The floor of fairness: of two reps of a team with the same experience, nobody who
   still has a slot was left more than one lead behind what the other was dealt. #}
with

deals as (

    select
        owner_id,
        assignment_reason,
        2 as slots

    from {{ ref('int_two_slot_deals') }}

    union all

    select
        owner_id,
        assignment_reason,
        1 as slots

    from {{ ref('int_one_slot_deals') }}

),

loads as (

    select
        owner_id,
        sum(slots) as slots,
        max(case when assignment_reason = 'routed' then slots else 0 end) as dealt_slots

    from deals

    group by owner_id

),

reps as (

    select
        rooms.rep_id,
        rooms.team_id,
        rooms.experience_level,
        rooms.slots_used + coalesce(loads.slots, 0) as slots_used,
        rooms.room - coalesce(loads.slots, 0) as slots_open,
        coalesce(loads.dealt_slots, 0) as dealt_slots

    from {{ ref('int_rep_rooms') }} as rooms

    left join loads
        on rooms.rep_id = loads.owner_id

)

select
    fuller.rep_id,
    fuller.slots_used,
    emptier.rep_id as other_rep_id,
    emptier.slots_used as other_slots_used

from reps as fuller

inner join reps as emptier
    on
        fuller.team_id = emptier.team_id
        and fuller.experience_level = emptier.experience_level

where
    fuller.dealt_slots > 0
    and emptier.slots_open >= fuller.dealt_slots
    and fuller.slots_used - emptier.slots_used > fuller.dealt_slots
