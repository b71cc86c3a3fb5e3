{# Which leads that take one slot get one: they fill what those of two slots leave. #}
with

clock as (

    select * from {{ ref('clock') }}

),

one_slot_leads as (

    select * from {{ ref('int_routing_competitors') }}
    where slots = 1

),

units as (

    {{ team_units(ref('int_rep_rooms_left'), 1) }}

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

team_places as (

    select
        units.*,
        units.units_1 as places,
        units.week_units as week_places,
        units.free_slots as all_places,
        coalesce(drawn_before.leads, 0) as drawn_before

    from units

    left join drawn_before
        on units.team_id = drawn_before.team_id

),

{{ chosen_leads('one_slot_leads', 'team_places', '', 'clock') }}
