{#- Statement that takes out of a table the rows whose key is among those of another.
    Where rows cannot be deleted, those that stay are written anew by way of a table
    of their own: a table cannot be read while it is overwritten. -#}
{% macro forget_rows(relation, key, among, of) %}
    {{- return(adapter.dispatch('forget_rows', 'lead_funnel')(relation, key, among, of)) -}}
{% endmacro %}

{% macro default__forget_rows(relation, key, among, of) -%}
    delete from {{ relation }} where {{ key }} in (select {{ among }} from {{ of }})
{%- endmacro %}

{% macro spark__forget_rows(relation, key, among, of) -%}
    {%- set kept = relation ~ '_kept' -%}
    {%- do run_query('drop table if exists ' ~ kept) -%}
    {%- do run_query(
        'create table ' ~ kept ~ ' as select * from ' ~ relation
        ~ ' where ' ~ key ~ ' is null or not exists (select 1 from ' ~ of
        ~ ' as erased where ' ~ among | replace('identifier_key', 'erased.identifier_key')
        ~ ' = ' ~ key ~ ')'
    ) -%}
    {%- do run_query('insert overwrite table ' ~ relation ~ ' select * from ' ~ kept) -%}
    drop table {{ kept }}
{%- endmacro %}
