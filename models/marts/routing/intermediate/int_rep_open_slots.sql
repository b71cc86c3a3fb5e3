{# The slots that each rep who is there still has, after the leads that stay and customers who ask
   again. #}
with

rep_slots as (

    select * from {{ ref('int_rep_slots') }}
    where is_available

),

kept as (

    select
        owner_id,
        sum(slots) as slots,
        sum(slots_today) as slots_today

    from (
        select
            owner_id,
            slots,
            slots_today

        from {{ ref('int_routing_kept') }}

        where takes_new_slot

        {% if is_fresh() %}
        union all

        {# What was handed out before to other leads. #}
        select
            others.owner_id,
            others.slots,
            case
                when others.assigned_at > rep_slots.day_begins_at then others.slots
                else 0
            end as slots_today

        from fresh.other_assignments as others

        inner join rep_slots
            on others.owner_id = rep_slots.rep_id
        {% endif %}
    ) as taken

    group by owner_id

),

final as (

    select
        rep_slots.rep_id,
        rep_slots.team_id,
        rep_slots.experience_level,
        rep_slots.slots_taken + coalesce(kept.slots, 0) as slots_used,
        rep_slots.free_slots,
        rep_slots.free_slots - coalesce(kept.slots, 0) as week_open_slots,
        greatest(
            least(
                rep_slots.free_slots - coalesce(kept.slots, 0),
                rep_slots.free_slots_today - coalesce(kept.slots_today, 0)
                {%- if not is_fresh() %} - {{ var('slots_kept_for_the_day') }}{% endif %}
            ),
            0
        ) as open_slots

    from rep_slots

    left join kept
        on rep_slots.rep_id = kept.owner_id

)

select * from final
