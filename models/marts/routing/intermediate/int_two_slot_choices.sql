{# Which leads that take two slots get them. The slots of a team are packed in pairs:
   a pair holds one such lead or the two next best that take one slot each, and the
   pairs worth most fill the slots, which is optimal. Slots that make no pair go to
   the best leads of one slot beforehand. #}
with

clock as (

    select * from {{ ref('clock') }}

),

two_slot_leads as (

    {{ leads_with_turns(ref('int_routing_queue'), ref('int_rep_open_slots'), 2) }}

),

team_slots as (

    {{ slots_by_team(ref('int_rep_open_slots'), 2) }}

),

one_slot_leads as (

    select
        routing_queue.team_id,
        routing_queue.worth,
        row_number() over (
            partition by routing_queue.team_id
            order by routing_queue.priority_rank, routing_queue.lead_key
        ) - (team_slots.open_slots - 2 * team_slots.slots_1) as rank_in_pairs

    from (
        {{ leads_with_turns(ref('int_routing_queue'), ref('int_rep_open_slots'), 1) | indent(4) }}
    ) as routing_queue

    inner join team_slots
        on routing_queue.team_id = team_slots.team_id

    where
        not routing_queue.is_waiting
        and exists (
            select 1 from two_slot_leads
            where two_slot_leads.team_id = routing_queue.team_id
        )

),

packages as (

    select
        team_id,
        priority_rank as package_order,
        2 as slots,
        worth

    from two_slot_leads

    where not is_waiting

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

filled_pairs as (

    select
        ranked_packages.team_id,
        count(*) as filled_pairs

    from ranked_packages

    inner join team_slots
        on ranked_packages.team_id = team_slots.team_id

    where
        ranked_packages.slots = 2
        and ranked_packages.package_rank <= team_slots.slots_1

    group by ranked_packages.team_id

),

offered_slots as (

    select
        team_slots.*,
        coalesce(filled_pairs.filled_pairs, 0) as slots_now,
        team_slots.week_whole_slots as week_slots,
        coalesce(filled_pairs.filled_pairs, 0) as all_slots,
        0 as drawn_before

    from team_slots

    left join filled_pairs
        on team_slots.team_id = filled_pairs.team_id

),

{{ chosen_leads('two_slot_leads', 'offered_slots', 'two slots|', 'clock') }}
