{#- Expressions by name as the text of one JSON object, in the order given.
    What is null is left out. -#}
{% macro expressions_as_json(expressions) %}
    {{- return(adapter.dispatch('expressions_as_json', 'lead_funnel')(expressions)) -}}
{% endmacro %}

{% macro default__expressions_as_json(expressions) -%}
    cast(json_merge_patch('{}', json_object(
        {%- for name, expression in expressions.items() %}
        '{{ name }}', {{ expression }}{{ ',' if not loop.last }}
        {%- endfor %}
    )) as string)
{%- endmacro %}

{% macro spark__expressions_as_json(expressions) -%}
    to_json(named_struct(
        {%- for name, expression in expressions.items() %}
        '{{ name }}', {{ expression }}{{ ',' if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}
