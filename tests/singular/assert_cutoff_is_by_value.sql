{# Apart from leads that stay where they are and from exploration, no lead of a
   team is left out while one of less value is handed over. #}
with

assignments as (

    select * from {{ ref('lead_assignments') }}

),

last_in as (

    select
        assignments.team_id,
        max(assignments.priority_rank) as priority_rank

    from assignments

    inner join {{ ref('int_routing_candidates') }} as candidates
        on assignments.lead_key = candidates.lead_key

    where
        assignments.takes_new_slot
        and not assignments.is_exploration
        and not candidates.is_standing

    group by assignments.team_id

)

select assignments.*

from assignments

inner join last_in
    on assignments.team_id = last_in.team_id

where
    assignments.reason_code in ('over_capacity', 'below_cutoff')
    and assignments.priority_rank < last_in.priority_rank
