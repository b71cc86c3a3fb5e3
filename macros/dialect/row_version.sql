{#- A whole number that stands for the content of a row. Versions of rows are
    summed, so that neither order nor grouping of arrivals decides. -#}
{% macro row_version(columns) %}
    {{- return(adapter.dispatch('row_version', 'lead_funnel')(columns)) -}}
{% endmacro %}

{% macro default__row_version(columns) -%}
    cast(hash({{ columns | join(', ') }}) as hugeint)
{%- endmacro %}

{% macro spark__row_version(columns) -%}
    cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}
