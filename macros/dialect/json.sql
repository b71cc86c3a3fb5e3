{#- A whole row of a relation, by its alias, as JSON text. -#}
{% macro row_as_json(relation_alias) %}
    {{- return(adapter.dispatch('row_as_json', 'lead_funnel')(relation_alias)) -}}
{% endmacro %}

{% macro default__row_as_json(relation_alias) -%}
    cast(to_json({{ relation_alias }}) as string)
{%- endmacro %}

{% macro spark__row_as_json(relation_alias) -%}
    to_json(struct({{ relation_alias }}.*))
{%- endmacro %}
