{{ config(group='routing') }}

{# Apart from leads that stay where they are and from exploration, no lead of a team
   is left out while one of less value that takes as many slots and asks for as much
   experience is handed over. #}
with

competitors as (

    select
        assignments.lead_key,
        assignments.owner_id,
        assignments.is_exploration,
        competitors.team_id,
        competitors.slots,
        competitors.experience_level,
        competitors.priority_rank

    from {{ ref('lead_assignments') }} as assignments

    inner join {{ ref('int_routing_competitors') }} as competitors
        on assignments.lead_key = competitors.lead_key

),

last_in as (

    select
        team_id,
        slots,
        experience_level,
        max(priority_rank) as priority_rank

    from competitors

    where
        owner_id is not null
        and not is_exploration

    group by team_id, slots, experience_level

)

select competitors.*

from competitors

inner join last_in
    on
        competitors.team_id = last_in.team_id
        and competitors.slots = last_in.slots
        and competitors.experience_level <= last_in.experience_level

where
    competitors.owner_id is null
    and competitors.priority_rank < last_in.priority_rank
