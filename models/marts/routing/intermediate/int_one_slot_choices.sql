{# Which leads that take one slot get one: they fill what those of two slots leave. #}
with

clock as (

    select * from {{ ref('clock') }}

),

one_slot_leads as (

    {{ leads_with_turns(ref('int_routing_queue'), ref('int_rep_open_slots_left'), 1) }}

),

team_slots as (

    {{ slots_by_team(ref('int_rep_open_slots_left'), 1) }}

),

drawn_before as (

    select
        rep_slots.team_id,
        count(*) as leads

    from {{ ref('int_routing_kept') }} as kept

    inner join {{ ref('int_rep_slots') }} as rep_slots
        on kept.owner_id = rep_slots.rep_id

    where kept.is_drawn_before

    group by rep_slots.team_id

),

offered_slots as (

    select
        team_slots.*,
        team_slots.slots_1 as slots_now,
        team_slots.week_whole_slots as week_slots,
        team_slots.free_slots as all_slots,
        coalesce(drawn_before.leads, 0) as drawn_before

    from team_slots

    left join drawn_before
        on team_slots.team_id = drawn_before.team_id

),

{{ chosen_leads('one_slot_leads', 'offered_slots', '', 'clock') }}
