{#- What holds the rows of a raw table: the table or view itself or, where a tool that is on
    gives such rows too, the view of all of them. -#}
{% macro raw_relation(raw_table) %}
    {{ return(ref('all_raw__' ~ raw_table) if lead_funnel.tools_that_give(raw_table) else source('raw', raw_table)) }}
{% endmacro %}

{#- The rows of a raw table and of the connectors that are on, as text. Rows of a connector
    come in parts of a connection and day of loading, see raw_part. -#}
{% macro all_raw_rows(raw_table) %}
{{ config(enabled=lead_funnel.tools_that_give(raw_table) | length > 0) }}
{%- set wanted = lead_funnel.raw_columns(raw_table).keys() | list + ['loaded_at'] -%}
{%- set inputs = {'': source('raw', raw_table)} -%}
{%- for tool in lead_funnel.tools_that_give(raw_table) -%}
    {%- do inputs.update({tool: ref(tool ~ '__' ~ raw_table)}) -%}
{%- endfor -%}
{%- for tool, relation in inputs.items() %}
{%- set present = {} -%}
{%- for column in adapter.get_columns_in_relation(relation) if execute -%}
    {%- do present.update({column.name | lower: column}) -%}
{%- endfor %}
select
    {%- for name in wanted %}
    {{ 'cast(' ~ name ~ ' as string)' if name in present else 'cast(null as string)' }} as {{ name }},
    {%- endfor %}
    {%- for name in ['surplus_value', 'row_fault', 'source_version'] %}
    {{ 'cast(' ~ name ~ ' as string)' if name in present else 'cast(null as string)' }} as {{ name }},
    {%- endfor %}
    {%- if 'source_file' in present %}
    source_file
    {%- else %}
    {{ "'" ~ tool ~ "/' || coalesce(source, '') || '/' || " if tool -}}
    {%- if 'loaded_at' in present -%}
    coalesce(cast({{ lead_funnel.day_of_arrival('text') }} as string), '')
    {%- else -%}
    ''
    {%- endif %}
    {%- endif %} as source_file

from {{ relation }}
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endmacro %}
