{#- A whole number that stands for the content of a row, or of some columns of it.
    Versions of rows are summed, so that neither order nor grouping of arrivals decides. -#}
{% macro row_version(columns) %}
    {{- return(adapter.dispatch('row_version', 'lead_funnel')(columns)) -}}
{% endmacro %}

{% macro default__row_version(columns) -%}
    cast(hash({{ columns | join(', ') }}) as hugeint)
{%- endmacro %}

{% macro spark__row_version(columns) -%}
    cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}

{#- The same for all columns there are, so that none can be forgotten.
    relation_alias  what the relation is called in its from clause
    salt            literal by which equal rows of different relations differ -#}
{% macro whole_row_version(relation_alias, salt="''") %}
    {{- return(adapter.dispatch('whole_row_version', 'lead_funnel')(relation_alias, salt)) -}}
{% endmacro %}

{% macro default__whole_row_version(relation_alias, salt) -%}
    cast(hash({{ salt }}, {{ relation_alias }}) as hugeint)
{%- endmacro %}

{# xxhash64 passes over nulls: the text of the row tells in which column they are. #}
{% macro spark__whole_row_version(relation_alias, salt) -%}
    cast(xxhash64({{ salt }}, {{ relation_alias }}.*, cast(struct({{ relation_alias }}.*) as string)) as decimal(38, 0))
{%- endmacro %}
