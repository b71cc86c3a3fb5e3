{{ config(group='routing') }}

{# No rep keeps a slot of the day free while a lead waits that takes one slot and that
   he could take; leads of an account wait for its rep. #}
with

assigned as (

    select
        owner_id,
        count(*) as leads

    from {{ ref('int_one_slot_assignments') }}

    group by owner_id

)

select
    rep_open_slots.rep_id,
    rep_open_slots.open_slots,
    assigned.leads

from {{ ref('int_rep_open_slots_left') }} as rep_open_slots

left join assigned
    on rep_open_slots.rep_id = assigned.owner_id

where
    rep_open_slots.open_slots > coalesce(assigned.leads, 0)
    and exists (
        select 1

        from {{ ref('lead_assignments') }} as assignments

        inner join {{ ref('int_routing_queue') }} as routing_queue
            on assignments.lead_key = routing_queue.lead_key

        where
            assignments.owner_id is null
            and assignments.reason_code <> 'account_owner_full'
            and routing_queue.slots = 1
            and routing_queue.team_id = rep_open_slots.team_id
            and routing_queue.experience_level <= rep_open_slots.experience_level
    )
