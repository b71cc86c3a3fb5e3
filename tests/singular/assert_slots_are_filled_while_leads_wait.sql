{{ config(group='routing') }}

{# No rep keeps a slot of the day free while a lead waits that takes one slot and that
   he could take. #}
with

dealt as (

    select
        owner_id,
        count(*) as leads

    from {{ ref('int_one_slot_deals') }}

    group by owner_id

)

select
    rooms.rep_id,
    rooms.room,
    dealt.leads

from {{ ref('int_rep_rooms_left') }} as rooms

left join dealt
    on rooms.rep_id = dealt.owner_id

where
    rooms.room > coalesce(dealt.leads, 0)
    and exists (
        select 1

        from {{ ref('lead_assignments') }} as assignments

        inner join {{ ref('int_routing_competitors') }} as competitors
            on assignments.lead_key = competitors.lead_key

        where
            assignments.owner_id is null
            and competitors.slots = 1
            and competitors.team_id = rooms.team_id
            and competitors.experience_level <= rooms.experience_level
    )
