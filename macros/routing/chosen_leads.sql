{#- Which of the leads in the queue that take so many slots get them, team by team: the
    first by value, and a few drawn by hash from those below the cut-off.

    A rule may ask for experience, and who is more experienced may do what asks for
    less. So the leads that ask for most are cut to the slots of those who have it,
    then these together with the next ones to the slots of both, and so on: sets that
    are nested in this way are a matroid, on which first come by value is optimal.

    routing_queue  one row per lead of this many slots, see leads_with_turns
    team_slots     one row per team, counted in leads of this kind: slots_1 what all its
                   reps can take, slots_2 those from the second level of experience on,
                   ...; slots_now, at most slots_1, that may be taken now, week_slots in
                   the week; all_slots, of which a share goes to the draw; drawn_before,
                   which counts towards it
    salt           text, so that different kinds of leads are rounded independently
    clock          the relation of the clock -#}
{% macro chosen_leads(routing_queue, team_slots, salt, clock) -%}
{%- set levels = range(2, lead_funnel.experience_levels() | length + 1) | reverse | list -%}
queued as (

    select
        routing_queue.lead_key,
        routing_queue.team_id,
        routing_queue.experience_level,
        routing_queue.priority_rank,
        routing_queue.preferred_owner_id,
        routing_queue.preference,
        {# No lead of a customer is left to chance. #}
        routing_queue.experience_level = 1
        and routing_queue.preference is distinct from 'customer_account' as may_be_drawn,
        {%- for level in levels %}
        coalesce(team_slots.slots_{{ level }}, 0) as slots_{{ level }},
        {%- endfor %}
        coalesce(team_slots.slots_now, 0) as slots_now,
        coalesce(team_slots.week_slots, 0) as week_slots,
        coalesce(team_slots.all_slots, 0) as all_slots,
        coalesce(team_slots.drawn_before, 0) as drawn_before

    from {{ routing_queue }} as routing_queue

    left join {{ team_slots }} as team_slots
        on routing_queue.team_id = team_slots.team_id

    where not routing_queue.is_waiting

),

{%- set ns = namespace(before='queued', is_in='true') %}
{% for level in levels %}
cut_at_{{ level }} as (

    select
        *,
        {{ ns.is_in }} and (
            experience_level < {{ level }}
            or row_number() over (
                partition by team_id, {{ ns.is_in }} and experience_level >= {{ level }}
                order by priority_rank, lead_key
            ) <= slots_{{ level }}
        ) as is_in_{{ level }}

    from {{ ns.before }}

),
{%- set ns.before = 'cut_at_' ~ level %}
{%- set ns.is_in = 'is_in_' ~ level %}
{% endfor %}
ranked as (

    select
        *,
        {{ ns.is_in }} as has_experienced_slot,
        row_number() over (
            partition by team_id, {{ ns.is_in }}
            order by priority_rank, lead_key
        ) as team_rank

    from {{ ns.before }}

),

{# A share of few slots is a fraction of one: it is rounded up as often as the
   fraction says, by a draw per team and week. Leads that ask for experience are not
   drawn, and nothing is where everybody gets a slot. #}
reserved as (

    select
        ranked.*,
        cast(cast({{ week_start('clock.as_of') }} as date) as string) as draw_week,
        least(
            greatest(
                cast(floor(
                    {{ var('exploration_share') }} * ranked.all_slots
                    + {{ hash_fraction(
                        "ranked.team_id || '|" ~ salt ~ "' || cast(cast(" ~ week_start('clock.as_of') ~ " as date) as string)"
                    ) }}
                ) as bigint) - ranked.drawn_before,
                0
            ),
            ranked.slots_now,
            sum(case
                when
                    ranked.may_be_drawn
                    and ranked.team_rank > ranked.slots_now
                    then 1
                else 0
            end) over (partition by ranked.team_id)
        ) as exploration_slots

    from ranked

    cross join {{ clock }} as clock

),

cut as (

    select
        *,
        has_experienced_slot and team_rank <= slots_now - exploration_slots
            as is_above_cutoff,
        may_be_drawn and team_rank > slots_now - exploration_slots
            as is_drawable

    from reserved

),

{# Each week draws anew: by the lead alone, who came late would be drawn more often
   than the chance that is logged, because the others of its luck are gone. #}
drawn as (

    select
        *,
        row_number() over (
            partition by team_id, is_drawable
            order by
                {{ hash_fraction("cast(lead_key as string) || '|' || draw_week") }},
                lead_key
        ) as draw_rank,
        count(*) over (partition by team_id, is_drawable) as draw_size

    from cut

),

{# The last lead that fits into a team without a slot to spare. #}
cutoffs as (

    select
        team_id,
        max(case when is_above_cutoff then priority_rank end) as priority_rank

    from drawn

    group by team_id

    having
        sum(case when is_above_cutoff or (is_drawable and draw_rank <= exploration_slots) then 1 else 0 end)
        >= max(slots_now)

),

final as (

    select
        lead_key,
        team_id,
        experience_level,
        priority_rank,
        preferred_owner_id,
        preference,
        is_above_cutoff or (is_drawable and draw_rank <= exploration_slots)
            as is_chosen,
        is_drawable and draw_rank <= exploration_slots as is_exploration,
        case
            when is_drawable
                then cast(exploration_slots as double) / draw_size
        end as exploration_probability,
        case
            when is_above_cutoff then null
            when is_drawable and draw_rank <= exploration_slots then null
            when not has_experienced_slot and {{ lead_funnel.is_bound('preference') }}
                then 'account_owner_full'
            when not has_experienced_slot then 'no_experienced_slot'
            when week_slots <= 0 then 'no_slot'
            when slots_now < week_slots and team_rank <= week_slots then 'day_cap'
            else 'below_cutoff'
        end as left_out_because

    from drawn

    union all

    {# Others are worth more, or the rep is the reason. #}
    select
        routing_queue.lead_key,
        routing_queue.team_id,
        routing_queue.experience_level,
        routing_queue.priority_rank,
        routing_queue.preferred_owner_id,
        routing_queue.preference,
        false as is_chosen,
        false as is_exploration,
        cast(null as double) as exploration_probability,
        case
            when coalesce(team_slots.week_slots, 0) <= 0 then 'no_slot'
            when routing_queue.priority_rank > cutoffs.priority_rank then 'below_cutoff'
            else 'account_owner_full'
        end as left_out_because

    from {{ routing_queue }} as routing_queue

    left join {{ team_slots }} as team_slots
        on routing_queue.team_id = team_slots.team_id

    left join cutoffs
        on routing_queue.team_id = cutoffs.team_id

    where routing_queue.is_waiting

)

select * from final
{%- endmacro %}

{#- The leads in the queue that take so many slots, with whether they wait for the rep of
    their account, whose slots go to the best of them. -#}
{% macro leads_with_turns(routing_queue, rep_open_slots, slots) -%}
    select
        routing_queue.*,
        {{ lead_funnel.is_bound('routing_queue.preference') }}
        and row_number() over (
            partition by
                routing_queue.preferred_owner_id,
                {{ lead_funnel.is_bound('routing_queue.preference') }}
            order by routing_queue.priority_rank, routing_queue.lead_key
        ) > coalesce({{ lead_funnel.whole_slots('rep_open_slots.open_slots', slots) }}, 0)
            as is_waiting

    from {{ routing_queue }} as routing_queue

    left join {{ rep_open_slots }} as rep_open_slots
        on routing_queue.preferred_owner_id = rep_open_slots.rep_id

    where routing_queue.slots = {{ slots }}
{%- endmacro %}

{#- The slots of each team for leads of so many slots, by experience. -#}
{% macro slots_by_team(rep_open_slots, slots) -%}
    select
        team_id,
        {%- for level in range(1, lead_funnel.experience_levels() | length + 1) %}
        sum(case
            when experience_level >= {{ level }}
                then {{ lead_funnel.whole_slots('open_slots', slots) }}
            else 0
        end) as slots_{{ level }},
        {%- endfor %}
        sum({{ lead_funnel.whole_slots('week_open_slots', slots) }}) as week_whole_slots,
        sum(open_slots) as open_slots,
        sum(free_slots) as free_slots

    from {{ rep_open_slots }}

    group by team_id
{%- endmacro %}

{#- How many leads of so many slots fit into open slots. -#}
{% macro whole_slots(open_slots, slots) -%}
    cast(floor(cast({{ open_slots }} as double) / {{ slots }}) as bigint)
{%- endmacro %}

{#- Whether a lead goes to the rep of its account or to nobody. -#}
{% macro is_bound(preference) -%}
    coalesce({{ preference }} in ('known_account_owner', 'customer_account', 'same_account'), false)
{%- endmacro %}
