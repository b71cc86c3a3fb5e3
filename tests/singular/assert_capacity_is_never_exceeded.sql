{# Nobody is handed more new leads than there are free slots, and nobody who is
   not there any at all. #}
select
    assignments.owner_id,
    count(*) as new_leads

from {{ ref('lead_assignments') }} as assignments

left join {{ ref('int_rep_slots') }} as rep_slots
    on assignments.owner_id = rep_slots.rep_id

where assignments.takes_new_slot

group by assignments.owner_id

having count(*) > coalesce(max(rep_slots.free_slots), 0)
