{# Which leads that take two slots get them. The slots of a team are packed in pairs:
   a pair holds one such lead or the two next best that take one slot each, and the
   pairs worth most fill the places, which is optimal. Slots that make no pair go to
   the best leads of one slot beforehand. #}
with

clock as (

    select * from {{ ref('clock') }}

),

two_slot_leads as (

    select * from {{ ref('int_routing_competitors') }}
    where slots = 2

),

units as (

    {{ team_units(ref('int_rep_rooms'), 2) }}

),

one_slot_leads as (

    select
        competitors.team_id,
        competitors.worth,
        row_number() over (
            partition by competitors.team_id
            order by competitors.priority_rank, competitors.lead_key
        ) - (units.room - 2 * units.units_1) as rank_in_pairs

    from {{ ref('int_routing_competitors') }} as competitors

    inner join units
        on competitors.team_id = units.team_id

    where
        competitors.slots = 1
        and exists (
            select 1 from two_slot_leads
            where two_slot_leads.team_id = competitors.team_id
        )

),

packages as (

    select
        team_id,
        priority_rank as package_order,
        2 as slots,
        worth

    from two_slot_leads

    union all

    select
        team_id,
        floor(cast(rank_in_pairs + 1 as double) / 2) as package_order,
        1 as slots,
        round(sum(worth), 9) as worth

    from one_slot_leads

    where rank_in_pairs > 0

    group by team_id, floor(cast(rank_in_pairs + 1 as double) / 2)

),

ranked_packages as (

    select
        team_id,
        slots,
        row_number() over (
            partition by team_id
            order by worth desc, slots, package_order
        ) as package_rank

    from packages

),

places as (

    select
        ranked_packages.team_id,
        count(*) as places

    from ranked_packages

    inner join units
        on ranked_packages.team_id = units.team_id

    where
        ranked_packages.slots = 2
        and ranked_packages.package_rank <= units.units_1

    group by ranked_packages.team_id

),

team_places as (

    select
        units.*,
        coalesce(places.places, 0) as places,
        units.week_units as week_places,
        coalesce(places.places, 0) as all_places,
        0 as drawn_before

    from units

    left join places
        on units.team_id = places.team_id

),

{{ chosen_leads('two_slot_leads', 'team_places', 'two slots|', 'clock') }}
