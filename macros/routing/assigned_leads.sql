{#- Which rep takes which of the chosen leads. Whoever has the lead or knows its account
    comes first, where a slot is open and nobody is left without an experienced rep
    whom only he could have. The rest is spread, those that ask for most experience
    first, to the reps with the least work this week; among equals a hash decides
    anew in each round, so that nobody always gets the best. Who is bound to the rep of its account
    goes before, and finds a slot: the choice has seen to it.

    choices  one row per lead of this many slots, of chosen_leads
    rep_open_slots  one row per rep: open_slots and slots_used -#}
{% macro assigned_leads(choices, rep_open_slots, slots) -%}
{%- set levels = range(2, lead_funnel.experience_levels() | length + 1) | reverse | list -%}
chosen as (

    select * from {{ choices }}
    where is_chosen

),

reps as (

    select
        rep_id,
        team_id,
        experience_level,
        slots_used,
        {{ whole_slots('open_slots', slots) }} as whole_slots

    from {{ rep_open_slots }}

),

{# Places of the experienced that leads asking for it leave over. #}
spare as (

    select
        team_slots.team_id,
        {%- for level in levels %}
        team_slots.slots_{{ level }} - coalesce(needed.leads_{{ level }}, 0)
            as spare_{{ level }}{{ ',' if not loop.last }}
        {%- endfor %}

    from (
        {{ slots_by_team(rep_open_slots, slots) | indent(8) }}
    ) as team_slots

    left join (
        select
            team_id,
            {%- for level in levels %}
            sum(case when experience_level >= {{ level }} then 1 else 0 end)
                as leads_{{ level }}{{ ',' if not loop.last }}
            {%- endfor %}

        from chosen

        group by team_id
    ) as needed
        on team_slots.team_id = needed.team_id

),

asking as (

    select
        chosen.lead_key,
        chosen.preference,
        reps.rep_id as owner_id,
        reps.whole_slots,
        spare.*,
        row_number() over (
            partition by reps.rep_id
            order by
                case when {{ lead_funnel.is_bound('chosen.preference') }} then 0 else 1 end,
                chosen.is_exploration,
                chosen.experience_level desc,
                chosen.priority_rank,
                chosen.lead_key
        ) as owner_rank
        {%- for level in levels %},
        reps.experience_level >= {{ level }} and chosen.experience_level < {{ level }}
            as is_below_{{ level }},
        row_number() over (
            partition by
                reps.team_id,
                reps.experience_level >= {{ level }}
                and chosen.experience_level < {{ level }}
            order by
                chosen.is_exploration, chosen.priority_rank, chosen.lead_key
        ) as rank_below_{{ level }}
        {%- endfor %}

    from chosen

    inner join reps
        on
            chosen.preferred_owner_id = reps.rep_id
            and chosen.team_id = reps.team_id
            and chosen.experience_level <= reps.experience_level

    inner join spare
        on reps.team_id = spare.team_id

),

preferred as (

    select
        lead_key,
        owner_id,
        preference

    from asking

    where
        owner_rank <= whole_slots
        {%- for level in levels %}
        and (not is_below_{{ level }} or rank_below_{{ level }} <= spare_{{ level }})
        {%- endfor %}

),

preferred_counts as (

    select
        owner_id,
        count(*) as leads

    from preferred

    group by owner_id

),

to_assign as (

    select
        chosen.lead_key,
        chosen.team_id,
        chosen.experience_level,
        row_number() over (
            partition by chosen.team_id, chosen.experience_level
            order by
                chosen.is_exploration, chosen.priority_rank, chosen.lead_key
        ) as assign_rank

    from chosen

    left join preferred
        on chosen.lead_key = preferred.lead_key

    where preferred.lead_key is null

),

to_assign_counts as (

    select
        team_id
        {%- for level in [1] + levels %},
        sum(case when experience_level = {{ level }} then 1 else 0 end)
            as leads_{{ level }}
        {%- endfor %}

    from to_assign

    group by team_id

),

whole_numbers as (

    {{ whole_numbers(4) }}

),

single_slots as (

    select
        reps.rep_id,
        reps.team_id,
        reps.experience_level,
        to_assign_counts.leads_1,
        {%- for level in levels %}
        to_assign_counts.leads_{{ level }},
        {%- endfor %}
        reps.slots_used
        + (coalesce(preferred_counts.leads, 0) + whole_numbers.number) * {{ slots }}
            as load,
        {{ hash_fraction("reps.rep_id || '|' || cast(whole_numbers.number as string)") }}
            as turn

    from reps

    inner join to_assign_counts
        on reps.team_id = to_assign_counts.team_id

    left join preferred_counts
        on reps.rep_id = preferred_counts.owner_id

    inner join whole_numbers
        on
            whole_numbers.number
            <= reps.whole_slots - coalesce(preferred_counts.leads, 0)

),

{%- set ns = namespace(before='single_slots', is_open='true', taken='') %}
{% for level in levels + [1] %}
slots_for_{{ level }} as (

    select
        *,
        {{ ns.is_open }} as was_open_{{ level }},
        row_number() over (
            partition by team_id, {{ ns.is_open }} and experience_level >= {{ level }}
            order by load, turn, rep_id
        ) as rank_{{ level }}

    from {{ ns.before }}

),
{%- set ns.before = 'slots_for_' ~ level %}
{%- set ns.is_open = '(was_open_' ~ level ~ ' and not (experience_level >= ' ~ level ~ ' and rank_' ~ level ~ ' <= leads_' ~ level ~ '))' %}
{% endfor %}
given_slots as (
{% for level in levels + [1] %}
    select
        team_id,
        rep_id,
        {{ level }} as experience_level,
        rank_{{ level }} as slot_rank

    from slots_for_1

    where
        was_open_{{ level }}
        and experience_level >= {{ level }}
        and rank_{{ level }} <= leads_{{ level }}
{{ 'union all' if not loop.last }}
{% endfor %}
),

final as (

    select
        lead_key,
        owner_id,
        preference as assignment_reason

    from preferred

    union all

    select
        to_assign.lead_key,
        given_slots.rep_id as owner_id,
        'routed' as assignment_reason

    from to_assign

    inner join given_slots
        on
            to_assign.team_id = given_slots.team_id
            and to_assign.experience_level = given_slots.experience_level
            and to_assign.assign_rank = given_slots.slot_rank

)

select * from final
{%- endmacro %}
