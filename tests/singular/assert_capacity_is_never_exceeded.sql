{{ config(group='routing') }}

{# Nobody is handed more new leads than there are free slots, in the week or on the
   day, and nobody who is not there any at all. #}
with

loads as (

    select
        assignments.owner_id,
        sum(assignments.slots) as slots,
        {# What stays since before the day began was counted then. #}
        sum(coalesce(kept.slots_today, assignments.slots)) as slots_today

    from {{ ref('lead_assignments') }} as assignments

    left join {{ ref('int_routing_kept') }} as kept
        on assignments.lead_key = kept.lead_key

    where assignments.takes_new_slot

    group by assignments.owner_id

)

select
    loads.*,
    rep_slots.free_slots,
    rep_slots.free_slots_today

from loads

left join {{ ref('int_rep_slots') }} as rep_slots
    on loads.owner_id = rep_slots.rep_id

where
    loads.slots > coalesce(rep_slots.free_slots, 0)
    or loads.slots_today > coalesce(rep_slots.free_slots_today, 0)
