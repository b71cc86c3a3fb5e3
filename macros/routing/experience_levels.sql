{#- How experienced reps can be, from the least. Who states nothing is the first. -#}
{% macro experience_levels() %}
    {{ return(['junior', 'experienced', 'senior']) }}
{% endmacro %}

{#- The place of a word in that order, as a whole number from 1. -#}
{% macro experience_level(word) -%}
    case {{ word }}
        {%- for name in lead_funnel.experience_levels() %}
        when '{{ name }}' then {{ loop.index }}
        {%- endfor %}
        else 1
    end
{%- endmacro %}
