{{ config(group='routing') }}

{# The floor of fairness: of two reps of a team with the same experience, nobody who
   still has a slot is left more than one lead behind one who was assigned some. (Leads of
   two slots are assigned before, in the same way.) #}
with

assignments as (

    select
        owner_id,
        count(*) as leads,
        sum(case when assignment_reason = 'routed' then 1 else 0 end) as assigned_leads

    from {{ ref('int_one_slot_assignments') }}

    group by owner_id

),

reps as (

    select
        rep_open_slots.rep_id,
        rep_open_slots.team_id,
        rep_open_slots.experience_level,
        rep_open_slots.slots_used + coalesce(assignments.leads, 0) as slots_used,
        rep_open_slots.open_slots - coalesce(assignments.leads, 0) as slots_open,
        coalesce(assignments.assigned_leads, 0) as assigned_leads

    from {{ ref('int_rep_open_slots_left') }} as rep_open_slots

    left join assignments
        on rep_open_slots.rep_id = assignments.owner_id

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
    fuller.assigned_leads > 0
    and emptier.slots_open > 0
    and fuller.slots_used > emptier.slots_used + 1
