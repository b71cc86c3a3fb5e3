{# Where nothing is changed, the what-if has the slots of the plan, and its leads fill
   them as far as there are any that fit. #}
select
    plan.team_id,
    plan.free_slots,
    what_if.slots,
    what_if.leads

from {{ ref('capacity_plan') }} as plan

left join {{ ref('capacity_what_if') }} as what_if
    on
        plan.team_id = what_if.team_id
        and what_if.is_present_capacity

where
    what_if.slots is distinct from plan.free_slots
    or what_if.leads > what_if.slots
