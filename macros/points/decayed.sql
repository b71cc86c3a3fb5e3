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
