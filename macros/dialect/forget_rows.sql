{#- Statement that takes out of a table the rows whose key is an identifier of another.
    Keys are compared as text.
    Where rows cannot be deleted, those that stay are written anew by way of a table
    of their own: a table cannot be read while it is overwritten. -#}
{% macro forget_rows(relation, key, identifiers) %}
    {{- return(adapter.dispatch('forget_rows', 'lead_funnel')(relation, key, identifiers)) -}}
{% endmacro %}

{% macro default__forget_rows(relation, key, identifiers) -%}
    delete from {{ relation }}
    where cast({{ key }} as string) in (select cast(identifier_key as string) from {{ identifiers }})
{%- endmacro %}

{% macro spark__forget_rows(relation, key, identifiers) -%}
    {%- set kept = relation ~ '_kept' -%}
    {%- do run_query('drop table if exists ' ~ kept) -%}
    {%- do run_query(
        'create table ' ~ kept ~ ' as select * from ' ~ relation
        ~ ' where ' ~ key ~ ' is null or not exists (select 1 from ' ~ identifiers
        ~ ' as erased where cast(erased.identifier_key as string) = cast(' ~ key ~ ' as string))'
    ) -%}
    {%- do run_query('insert overwrite table ' ~ relation ~ ' select * from ' ~ kept) -%}
    drop table {{ kept }}
{%- endmacro %}
