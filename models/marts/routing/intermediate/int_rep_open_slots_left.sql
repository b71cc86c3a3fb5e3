{# The slots that each rep still has when the leads of two slots are assigned. #}
with

rep_open_slots as (

    select * from {{ ref('int_rep_open_slots') }}

),

assignments as (

    select
        owner_id,
        count(*) * 2 as slots

    from {{ ref('int_two_slot_assignments') }}

    group by owner_id

),

final as (

    select
        rep_open_slots.rep_id,
        rep_open_slots.team_id,
        rep_open_slots.experience_level,
        rep_open_slots.free_slots,
        rep_open_slots.slots_used + coalesce(assignments.slots, 0) as slots_used,
        rep_open_slots.week_open_slots - coalesce(assignments.slots, 0) as week_open_slots,
        rep_open_slots.open_slots - coalesce(assignments.slots, 0) as open_slots

    from rep_open_slots

    left join assignments
        on rep_open_slots.rep_id = assignments.owner_id

)

select * from final
