{{ config(group='routing') }}

{# Apart from leads that stay where they are, wait for the rep of their account or are
   drawn at random, no lead of a team
   is left out while one of less value that takes as many slots and asks for as much
   experience is handed over. #}
with

routing_queue as (

    select
        assignments.lead_key,
        assignments.owner_id,
        assignments.reason_code,
        assignments.is_exploration,
        routing_queue.team_id,
        routing_queue.slots,
        routing_queue.experience_level,
        routing_queue.priority_rank

    from {{ ref('lead_assignments') }} as assignments

    inner join {{ ref('int_routing_queue') }} as routing_queue
        on assignments.lead_key = routing_queue.lead_key

),

last_in as (

    select
        team_id,
        slots,
        experience_level,
        max(priority_rank) as priority_rank

    from routing_queue

    where
        owner_id is not null
        and not is_exploration

    group by team_id, slots, experience_level

)

select routing_queue.*

from routing_queue

inner join last_in
    on
        routing_queue.team_id = last_in.team_id
        and routing_queue.slots = last_in.slots
        and routing_queue.experience_level <= last_in.experience_level

where
    routing_queue.owner_id is null
    and routing_queue.reason_code <> 'account_owner_full'
    and routing_queue.priority_rank < last_in.priority_rank
