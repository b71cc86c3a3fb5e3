{#- The points of leads at moments, from the points ledger (the relation `ledger`): adds the
    CTE `name` with one row per (lead_key, moment) of the CTE `spine`, and points_behavior,
    points_fit and points_total. Only entries known by then count, and only those of the
    dimensions asked for. What stood in earlier cycles has been written off, so no cycle
    need be named. Rounded, because sums of doubles differ in their last digits. -#}
{% macro points_at(ledger, spine, moment='as_of', dimensions=['behavior', 'fit'], name='points_at') -%}
{{ name }} as (

    select
        moments.lead_key,
        moments.{{ moment }},
        {%- for dimension in ['behavior', 'fit'] %}
        round(coalesce(sum(
            case
                when ledger.dimension = '{{ dimension }}'
                    then {{ lead_funnel.decayed(
                        'ledger.points', 'ledger.half_life_days',
                        'ledger.occurred_at', 'moments.' ~ moment
                    ) }}
            end
        ), cast(0 as double)), 6) as points_{{ dimension }},
        {%- endfor %}
        round(coalesce(sum(
            {{ lead_funnel.decayed(
                'ledger.points', 'ledger.half_life_days',
                'ledger.occurred_at', 'moments.' ~ moment
            ) }}
        ), cast(0 as double)), 6) as points_total

    from (
        select distinct
            lead_key,
            {{ moment }}

        from {{ spine }}
    ) as moments

    left join {{ ledger }} as ledger
        on
            moments.lead_key = ledger.lead_key
            and ledger.occurred_at <= moments.{{ moment }}
            and ledger.known_at <= moments.{{ moment }}
            and ledger.dimension in ({{ lead_funnel.literals(dimensions) }})
            and ledger.points != 0

    group by moments.lead_key, moments.{{ moment }}

)
{%- endmacro %}

{#- The grade of fit points.
    thresholds  a relation in scope with fit_a, fit_b and fit_c -#}
{% macro fit_grade(points_fit, thresholds) -%}
    case
        when {{ points_fit }} >= {{ thresholds }}.fit_a then 'A'
        when {{ points_fit }} >= {{ thresholds }}.fit_b then 'B'
        when {{ points_fit }} >= {{ thresholds }}.fit_c then 'C'
        else 'D'
    end
{%- endmacro %}

{#- Edges of the grid of fit by behaviour. -#}
{% macro grid_thresholds() %}
    {{ return(['fit_a', 'fit_b', 'fit_c', 'behavior_1', 'behavior_2', 'behavior_3']) }}
{% endmacro %}

{#- The cell of fit and behaviour points: A1 to D4.
    thresholds  a relation in scope with the columns of grid_thresholds -#}
{% macro grid_cell(points_fit, points_behavior, thresholds) -%}
    {{ lead_funnel.fit_grade(points_fit, thresholds) }}
    || case
        when round({{ points_behavior }}, 6) >= {{ thresholds }}.behavior_1 then '1'
        when round({{ points_behavior }}, 6) >= {{ thresholds }}.behavior_2 then '2'
        when round({{ points_behavior }}, 6) >= {{ thresholds }}.behavior_3 then '3'
        else '4'
    end
{%- endmacro %}
