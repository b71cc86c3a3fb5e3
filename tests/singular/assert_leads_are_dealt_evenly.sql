{{ config(group='routing') }}

{# The floor of fairness: of two reps of a team with the same experience, nobody who
   still has a slot is left more than one lead behind one who was dealt some. (Leads of
   two slots are dealt before, in the same way.) #}
with

deals as (

    select
        owner_id,
        count(*) as leads,
        sum(case when assignment_reason = 'routed' then 1 else 0 end) as dealt_leads

    from {{ ref('int_one_slot_deals') }}

    group by owner_id

),

reps as (

    select
        rooms.rep_id,
        rooms.team_id,
        rooms.experience_level,
        rooms.slots_used + coalesce(deals.leads, 0) as slots_used,
        rooms.room - coalesce(deals.leads, 0) as slots_open,
        coalesce(deals.dealt_leads, 0) as dealt_leads

    from {{ ref('int_rep_rooms_left') }} as rooms

    left join deals
        on rooms.rep_id = deals.owner_id

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
    fuller.dealt_leads > 0
    and emptier.slots_open > 0
    and fuller.slots_used > emptier.slots_used + 1
