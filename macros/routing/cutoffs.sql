{#- What a cut-off is told in: by name, the column of the scores. -#}
{% macro cutoff_values() %}
    {{ return({'score': 'score', 'probability': 'probability', 'points': 'points_total'}) }}
{% endmacro %}

{#- The least score, probability or points among the leads that fill so many slots when
    they are taken in the order of that value alone. With more slots it only falls.
    name     of cutoff_values
    slots    expression of the slots
    weeks    whether the leads of the coming week fill them too -#}
{% macro cutoff(name, slots, weeks=false) -%}
    min(case
        when {% if weeks %}curve.demand_until_{{ name }}{% else %}curve.is_present and curve.slots_until_{{ name }}{% endif %} <= {{ slots }}
            then curve.{{ lead_funnel.cutoff_values()[name] }}
    end)
{%- endmacro %}
