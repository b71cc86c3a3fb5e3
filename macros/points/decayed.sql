{#- Points left of an award at a later moment: halved every half_life_days;
    0 means that they do not fade. -#}
{% macro decayed(points, half_life_days, awarded_at, moment) -%}
    {{ points }} * case
        when {{ half_life_days }} > 0
            then power(
                cast(2 as double),
                -{{ lead_funnel.days_between(awarded_at, moment) }} / {{ half_life_days }}
            )
        else cast(1 as double)
    end
{%- endmacro %}

{#- Half-lives from the start of the cycle to a row with days_into_cycle, moved down so
    that twice as many fit the range of a double: what is weighted by their power of two
    can be summed over many years. -#}
{% macro half_lives_into_cycle(half_life_days) -%}
    least(days_into_cycle / {{ half_life_days }} - 900, 1000)
{%- endmacro %}
