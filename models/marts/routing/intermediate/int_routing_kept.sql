{# Leads that stay with their rep. Those handed over this week have their slots
   counted already; what was published or acknowledged this week takes slots anew, the best
   first, as long as the week and, for those of today, the day hold them. After them come
   customers who ask again: the rep of the account has them, whatever new business waits. Within
   the day they go first in the queue, where what the night gave to others is counted. #}
with

candidates as (

    select * from {{ ref('int_routing_candidates') }}
    where blocked_reason is null

),

rep_slots as (

    select * from {{ ref('int_rep_slots') }}

),

standing as (

    select
        candidates.lead_key,
        candidates.slots,
        candidates.is_drawn_before,
        candidates.priority_rank,
        candidates.is_standing,
        rep_slots.rep_id as owner_id,
        rep_slots.free_slots,
        rep_slots.free_slots_today,
        case
            when
                candidates.is_standing
                and candidates.standing_since_at <= rep_slots.day_begins_at
                then 0
            else candidates.slots
        end as slots_today

    from candidates

    inner join rep_slots
        on candidates.preferred_owner_id = rep_slots.rep_id

    where
        (candidates.is_standing{{ ' or candidates.is_expansion' if not is_fresh() }})
        and not candidates.is_running

),

filled as (

    select
        *,
        sum(slots) over owner_order as week_slots,
        sum(slots_today) over owner_order as day_slots

    from standing

    window owner_order as (
        partition by owner_id
        order by case when is_standing then 0 else 1 end, priority_rank, lead_key
        rows between unbounded preceding and current row
    )

),

final as (

    select
        lead_key,
        preferred_owner_id as owner_id,
        slots,
        0 as slots_today,
        false as takes_new_slot,
        false as is_drawn_before

    from candidates

    where is_running

    union all

    select
        lead_key,
        owner_id,
        slots,
        slots_today,
        true as takes_new_slot,
        is_drawn_before

    from filled

    where
        week_slots <= free_slots
        and (slots_today = 0 or day_slots <= free_slots_today)

)

select * from final
