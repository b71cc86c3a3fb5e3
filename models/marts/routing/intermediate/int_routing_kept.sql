{# Leads that stay with their rep. Those handed over this week have their slots
   counted already; what was published or acknowledged this week takes slots anew, the best
   first, as long as the week and, for those of today, the day hold them. After them come
   customers who ask again: the rep of the account has them, whatever new business waits. Within
   the day they go first in the queue, where what the night gave to others is counted.

   In this order, each takes its slots if week and day still hold them; one that does
   not fit holds up nobody behind it. The running sums of a round stop at the first that does
   not fit; the next round sums anew over those that still fit alone. Leads take one slot
   or two, so a rep's rounds end as week or day have one slot left, then none: four always do. #}
{% set rounds = 4 %}
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
        (candidates.is_standing{{ ' or candidates.is_customer_asking' if not is_fresh() }})
        and not candidates.is_running

),

round_0 as (

    select
        *,
        false as is_taken

    from standing

),

{% for round in range(1, rounds + 1) %}
left_{{ round }} as (

    select
        *,
        free_slots - sum(case when is_taken then slots else 0 end)
            over (partition by owner_id) as week_left,
        free_slots_today - sum(case when is_taken then slots_today else 0 end)
            over (partition by owner_id) as day_left

    from round_{{ round - 1 }}

),

round_{{ round }} as (

    select
        lead_key,
        owner_id,
        slots,
        slots_today,
        is_drawn_before,
        is_standing,
        priority_rank,
        free_slots,
        free_slots_today,
        is_taken
        or (
            fits_alone
            and week_slots <= week_left
            and (slots_today = 0 or day_slots <= day_left)
        ) as is_taken

    from (
        select
            *,
            sum(case when fits_alone then slots else 0 end) over owner_order as week_slots,
            sum(case when fits_alone then slots_today else 0 end) over owner_order as day_slots

        from (
            select
                *,
                not is_taken
                and slots <= week_left
                and (slots_today = 0 or slots_today <= day_left) as fits_alone

            from left_{{ round }}
        ) as fitting

        window owner_order as (
            partition by owner_id
            order by case when is_standing then 0 else 1 end, priority_rank, lead_key
            rows between unbounded preceding and current row
        )
    ) as summed

),

{% endfor %}
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

    from round_{{ rounds }}

    where is_taken

)

select * from final
