{#- Ids are unique within a source only: where a row names its source, its ids are made of
    both. What several sources call by one id stays as it is.
    value    expression of the typed value
    present  what present_raw_columns gives
    alias    of the relation with the spelled columns -#}
{% macro id_of_source(value, name, contract, present, alias) -%}
    {%- set of_fields = contract.get('ids_of_fields', {}).get(name, []) -%}
    {%- if 'source' in present and (of_fields or name in contract.get('own_ids', [])) -%}
    case
        when {{ alias }}.source is null
            {%- if of_fields %}
            or {{ alias }}.field_name is null
            or lower({{ alias }}.field_name) not in ('{{ of_fields | join("', '") }}')
            {%- endif %}
            then {{ value }}
        else {{ lead_funnel.with_source(alias ~ '.source', value) }}
    end
    {%- else -%}
    {{ value }}
    {%- endif -%}
{%- endmacro %}

{% macro with_source(source_name, id) -%}
    {{ source_name }} || ':' || {{ id }}
{%- endmacro %}

{#- The id as its source knows it. -#}
{% macro without_source(source_name, id) -%}
    case when {{ source_name }} is null then {{ id }} else substr({{ id }}, length({{ source_name }}) + 2) end
{%- endmacro %}

{#- The id as its source knows it, where the row does not name the source. -#}
{% macro without_any_source(id) -%}
    {{ lead_funnel.replace_all(id, "'^[A-Za-z][A-Za-z0-9_]*:'") }}
{%- endmacro %}
