{# Who takes which lead. Set-based, in this order:
   1. leads handed over this week stay with their rep; their slots are counted;
   2. what the CRM acknowledged this week stays too and takes a slot each;
   3. the others compete by value for the slots left in their team, less those
      reserved for exploration, which are drawn by hash below the cut-off;
   4. those that fit go to the rep who has the lead or its account where that
      rep has room, and are dealt to the other slots so that reps fill evenly.
   Every order ends in the lead, so the same rows give the same owners. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

candidates as (

    select * from {{ ref('int_routing_candidates') }}

),

rep_slots as (

    select * from {{ ref('int_rep_slots') }}

),

service_levels as (

    select max(cast(service_level_hours as double)) as mql_hours

    from {{ ref('funnel_stages') }}

    where stage = 'mql'

),

running as (

    select
        lead_key,
        preferred_owner_id as owner_id

    from candidates

    where
        blocked_reason is null
        and is_running

),

standing as (

    select
        lead_key,
        is_drawn_before,
        owner_id

    from (
        select
            candidates.lead_key,
            candidates.is_drawn_before,
            rep_slots.rep_id as owner_id,
            rep_slots.free_slots,
            row_number() over (
                partition by rep_slots.rep_id
                order by candidates.priority_rank, candidates.lead_key
            ) as owner_rank

        from candidates

        inner join rep_slots
            on candidates.preferred_owner_id = rep_slots.rep_id

        where
            candidates.blocked_reason is null
            and candidates.is_standing
            and not candidates.is_running
    ) as ranked_standing

    where owner_rank <= free_slots

),

standing_counts as (

    select
        owner_id,
        count(*) as slots_used,
        sum(case when is_drawn_before then 1 else 0 end) as drawn_before

    from standing

    group by owner_id

),

rep_rooms as (

    select
        rep_slots.rep_id,
        rep_slots.team_id,
        rep_slots.slots_taken + coalesce(standing_counts.slots_used, 0)
            as slots_used,
        rep_slots.free_slots - coalesce(standing_counts.slots_used, 0) as room,
        rep_slots.free_slots,
        coalesce(standing_counts.drawn_before, 0) as drawn_before

    from rep_slots

    left join standing_counts
        on rep_slots.rep_id = standing_counts.owner_id

    where rep_slots.is_available

),

team_rooms as (

    select
        team_id,
        sum(room) as room,
        sum(free_slots) as free_slots,
        sum(drawn_before) as drawn_before

    from rep_rooms

    group by team_id

),

pool as (

    select
        candidates.*,
        coalesce(team_rooms.room, 0) as team_room,
        coalesce(team_rooms.free_slots, 0) as team_slots,
        coalesce(team_rooms.drawn_before, 0) as team_drawn_before,
        row_number() over (
            partition by candidates.team_id
            order by candidates.priority_rank, candidates.lead_key
        ) as team_rank,
        count(*) over (partition by candidates.team_id) as team_pool

    from candidates

    left join team_rooms
        on candidates.team_id = team_rooms.team_id

    left join running
        on candidates.lead_key = running.lead_key

    left join standing
        on candidates.lead_key = standing.lead_key

    where
        candidates.blocked_reason is null
        and running.lead_key is null
        and standing.lead_key is null

),

{# A share of few slots is a fraction of a slot: it is rounded up as often as
   the fraction says, by a draw per team and week. Who was drawn earlier and
   still stands counts. #}
reserved as (

    select
        pool.*,
        case
            when pool.team_pool <= pool.team_room then 0
            else least(
                greatest(
                    cast(floor(
                        {{ var('exploration_share') }} * pool.team_slots
                        + {{ hash_fraction(
                            "pool.team_id || '|' || cast(cast(" ~ week_start('clock.as_of') ~ " as date) as string)"
                        ) }}
                    ) as bigint) - pool.team_drawn_before,
                    0
                ),
                pool.team_room
            )
        end as exploration_slots

    from pool

    cross join clock

),

{# Each week draws anew: by the lead alone, who came late would be drawn more often
   than the chance that is logged, because the others of its luck are gone. #}
drawn as (

    select
        reserved.*,
        team_rank <= team_room - exploration_slots as is_above_cutoff,
        row_number() over (
            partition by
                team_id, team_rank <= team_room - exploration_slots
            order by
                {{ hash_fraction(
                    "cast(reserved.lead_key as string) || '|' || cast(cast(" ~ week_start('clock.as_of') ~ " as date) as string)"
                ) }},
                reserved.lead_key
        ) as draw_rank

    from reserved

    cross join clock

),

chosen as (

    select
        lead_key,
        team_id,
        priority_rank,
        preferred_owner_id,
        preference,
        not is_above_cutoff as is_exploration

    from drawn

    where
        is_above_cutoff
        or draw_rank <= exploration_slots

),

preferred as (

    select
        lead_key,
        owner_id,
        preference

    from (
        select
            chosen.lead_key,
            chosen.preference,
            rep_rooms.rep_id as owner_id,
            rep_rooms.room,
            row_number() over (
                partition by rep_rooms.rep_id
                order by
                    chosen.is_exploration,
                    chosen.priority_rank,
                    chosen.lead_key
            ) as owner_rank

        from chosen

        inner join rep_rooms
            on chosen.preferred_owner_id = rep_rooms.rep_id
    ) as ranked_preferred

    where owner_rank <= room

),

preferred_counts as (

    select
        owner_id,
        count(*) as slots_used

    from preferred

    group by owner_id

),

whole_numbers as (

    {{ whole_numbers(4) }}

),

open_slots as (

    select
        rep_rooms.rep_id,
        rep_rooms.team_id,
        row_number() over (
            partition by rep_rooms.team_id
            order by
                rep_rooms.slots_used
                + coalesce(preferred_counts.slots_used, 0)
                + whole_numbers.number,
                rep_rooms.rep_id
        ) as slot_rank

    from rep_rooms

    left join preferred_counts
        on rep_rooms.rep_id = preferred_counts.owner_id

    inner join whole_numbers
        on
            whole_numbers.number
            <= rep_rooms.room - coalesce(preferred_counts.slots_used, 0)

),

to_deal as (

    select
        chosen.lead_key,
        chosen.team_id,
        row_number() over (
            partition by chosen.team_id
            order by
                chosen.is_exploration, chosen.priority_rank, chosen.lead_key
        ) as deal_rank

    from chosen

    left join preferred
        on chosen.lead_key = preferred.lead_key

    where preferred.lead_key is null

),

dealt as (

    select
        to_deal.lead_key,
        open_slots.rep_id as owner_id

    from to_deal

    inner join open_slots
        on
            to_deal.team_id = open_slots.team_id
            and to_deal.deal_rank = open_slots.slot_rank

),

owned as (

    select
        lead_key,
        owner_id,
        'kept_owner' as assignment_reason,
        false as takes_new_slot

    from running

    union all

    select
        lead_key,
        owner_id,
        'kept_owner' as assignment_reason,
        true as takes_new_slot

    from standing

    union all

    select
        lead_key,
        owner_id,
        preference as assignment_reason,
        true as takes_new_slot

    from preferred

    union all

    select
        lead_key,
        owner_id,
        'routed' as assignment_reason,
        true as takes_new_slot

    from dealt

),

outcomes as (

    select
        candidates.lead_key,
        candidates.stage,
        candidates.scored_by,
        candidates.priority_rank,
        candidates.score,
        candidates.handoff_at,
        candidates.team_id,
        candidates.routing_rule_id,
        owned.owner_id,
        owned.takes_new_slot,
        case
            when owned.owner_id is null then null
            when chosen.is_exploration or candidates.is_drawn_before
                then 'exploration'
            else owned.assignment_reason
        end as assignment_reason,
        case
            when owned.owner_id is not null then null
            when candidates.blocked_reason is not null
                then candidates.blocked_reason
            {# Marketing has qualified it, or nobody has a slot: sales is short. #}
            when candidates.stage = 'mql' or drawn.team_room <= 0
                then 'over_capacity'
            else 'below_cutoff'
        end as reason_code,
        owned.owner_id is not null
        and (
            coalesce(chosen.is_exploration, false)
            or coalesce(candidates.is_drawn_before, false)
        ) as is_exploration,
        case
            when not drawn.is_above_cutoff
                then cast(drawn.exploration_slots as double)
                / (drawn.team_pool - drawn.team_room + drawn.exploration_slots)
        end as exploration_probability

    from candidates

    left join owned
        on candidates.lead_key = owned.lead_key

    left join drawn
        on candidates.lead_key = drawn.lead_key

    left join chosen
        on candidates.lead_key = chosen.lead_key

),

final as (

    select
        outcomes.lead_key,
        outcomes.stage,
        outcomes.scored_by,
        outcomes.score,
        outcomes.priority_rank,
        outcomes.team_id,
        outcomes.routing_rule_id,
        outcomes.owner_id,
        outcomes.assignment_reason,
        outcomes.reason_code,
        outcomes.is_exploration,
        outcomes.exploration_probability,
        coalesce(outcomes.takes_new_slot, false) as takes_new_slot,
        case
            when outcomes.owner_id is not null
                then cast(row_number() over (
                    partition by outcomes.owner_id
                    order by outcomes.priority_rank, outcomes.lead_key
                ) as int)
        end as assigned_rank,
        case
            when outcomes.owner_id is null then null
            when not outcomes.takes_new_slot
                then {{ add_seconds('outcomes.handoff_at', 'service_levels.mql_hours * 3600') }}
            else {{ add_seconds('clock.as_of', 'service_levels.mql_hours * 3600') }}
        end as due_at

    from outcomes

    cross join clock

    cross join service_levels

)

select * from final

order by lead_key
