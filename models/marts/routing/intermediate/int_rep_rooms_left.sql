{# The slots that each rep still has when the leads of two slots are dealt. #}
with

rooms as (

    select * from {{ ref('int_rep_rooms') }}

),

deals as (

    select
        owner_id,
        count(*) * 2 as slots

    from {{ ref('int_two_slot_deals') }}

    group by owner_id

),

final as (

    select
        rooms.rep_id,
        rooms.team_id,
        rooms.experience_level,
        rooms.free_slots,
        rooms.slots_used + coalesce(deals.slots, 0) as slots_used,
        rooms.week_room - coalesce(deals.slots, 0) as week_room,
        rooms.room - coalesce(deals.slots, 0) as room

    from rooms

    left join deals
        on rooms.rep_id = deals.owner_id

)

select * from final
