{#- Which of the competing leads that take so many slots get them, team by team: the
    first by value, and a few drawn by hash from those below the cut-off.

    A rule may ask for experience, and who is more experienced may do what asks for
    less. So the leads that ask for most are cut to the slots of those who have it,
    then these together with the next ones to the slots of both, and so on: sets that
    are nested in this way are a matroid, on which first come by value is optimal.

    competitors  one row per lead of this many slots
    units        one row per team: units_1 the places of all its reps, units_2 of those
                 from the second level of experience on, ...; places, at most units_1,
                 that this kind of lead may take now, week_places in the week;
                 all_places, of which a share goes to the draw; drawn_before, which
                 counts towards it
    salt         text, so that different kinds of leads are rounded independently
    clock        the relation of the clock -#}
{% macro chosen_leads(competitors, units, salt, clock) -%}
{%- set levels = range(2, lead_funnel.experience_levels() | length + 1) | reverse | list -%}
competing as (

    select
        competitors.lead_key,
        competitors.team_id,
        competitors.experience_level,
        competitors.priority_rank,
        competitors.preferred_owner_id,
        competitors.preference,
        {%- for level in levels %}
        coalesce(units.units_{{ level }}, 0) as units_{{ level }},
        {%- endfor %}
        coalesce(units.places, 0) as places,
        coalesce(units.week_places, 0) as week_places,
        coalesce(units.all_places, 0) as all_places,
        coalesce(units.drawn_before, 0) as drawn_before

    from {{ competitors }} as competitors

    left join {{ units }} as units
        on competitors.team_id = units.team_id

),

{%- set ns = namespace(before='competing', is_in='true') %}
{% for level in levels %}
cut_at_{{ level }} as (

    select
        *,
        {{ ns.is_in }} and (
            experience_level < {{ level }}
            or row_number() over (
                partition by team_id, {{ ns.is_in }} and experience_level >= {{ level }}
                order by priority_rank, lead_key
            ) <= units_{{ level }}
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

{# A share of few places is a fraction of one: it is rounded up as often as the
   fraction says, by a draw per team and week. Leads that ask for experience are not
   drawn, and nothing is where everybody gets a place. #}
reserved as (

    select
        ranked.*,
        cast(cast({{ week_start('clock.as_of') }} as date) as string) as draw_week,
        least(
            greatest(
                cast(floor(
                    {{ var('exploration_share') }} * ranked.all_places
                    + {{ hash_fraction(
                        "ranked.team_id || '|" ~ salt ~ "' || cast(cast(" ~ week_start('clock.as_of') ~ " as date) as string)"
                    ) }}
                ) as bigint) - ranked.drawn_before,
                0
            ),
            ranked.places,
            sum(case
                when
                    ranked.experience_level = 1
                    and ranked.team_rank > ranked.places
                    then 1
                else 0
            end) over (partition by ranked.team_id)
        ) as exploration_places

    from ranked

    cross join {{ clock }} as clock

),

cut as (

    select
        *,
        has_experienced_slot and team_rank <= places - exploration_places
            as is_above_cutoff,
        experience_level = 1 and team_rank > places - exploration_places
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

final as (

    select
        lead_key,
        team_id,
        experience_level,
        priority_rank,
        preferred_owner_id,
        preference,
        is_above_cutoff or (is_drawable and draw_rank <= exploration_places)
            as is_chosen,
        is_drawable and draw_rank <= exploration_places as is_exploration,
        case
            when is_drawable
                then cast(exploration_places as double) / draw_size
        end as exploration_probability,
        case
            when is_above_cutoff then null
            when is_drawable and draw_rank <= exploration_places then null
            when not has_experienced_slot then 'no_experienced_slot'
            when week_places <= 0 then 'no_slot'
            when places < week_places and team_rank <= week_places then 'day_cap'
            else 'below_cutoff'
        end as left_out_because

    from drawn

)

select * from final
{%- endmacro %}

{#- The places of each team for leads of so many slots, by experience. -#}
{% macro team_units(rooms, slots) -%}
    select
        team_id,
        {%- for level in range(1, lead_funnel.experience_levels() | length + 1) %}
        sum(case
            when experience_level >= {{ level }}
                then {{ lead_funnel.whole_units('room', slots) }}
            else 0
        end) as units_{{ level }},
        {%- endfor %}
        sum({{ lead_funnel.whole_units('week_room', slots) }}) as week_units,
        sum(room) as room,
        sum(free_slots) as free_slots

    from {{ rooms }}

    group by team_id
{%- endmacro %}

{#- How many leads of so many slots fit into a room. -#}
{% macro whole_units(room, slots) -%}
    cast(floor(cast({{ room }} as double) / {{ slots }}) as bigint)
{%- endmacro %}
