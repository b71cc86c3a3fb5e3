{#- Write a table that nothing but the run of this model reads, and give its relation.
    A temporary table where there is one and it keeps its rows. On Spark a temporary
    view would be worked out anew by each reader: there it is a table beside the
    model's own, to be dropped by whoever made it. -#}
{% macro create_working_table(suffix, sql) %}
    {{- return(adapter.dispatch('create_working_table', 'lead_funnel')(suffix, sql)) -}}
{% endmacro %}

{% macro default__create_working_table(suffix, sql) %}
    {%- set table = make_temp_relation(this, suffix) -%}
    {%- call statement('create_working_table') -%}
        create temporary table {{ table }} as
        {{ sql }}
    {%- endcall -%}
    {{- return(table) -}}
{% endmacro %}

{% macro spark__create_working_table(suffix, sql) %}
    {%- set table = this.incorporate(path={'identifier': this.identifier ~ suffix}) -%}
    {%- do lead_funnel.drop_working_table(table) -%}
    {%- call statement('create_working_table') -%}
        create table {{ table }} {{ file_format_clause() }} as
        {{ sql }}
    {%- endcall -%}
    {{- return(table) -}}
{% endmacro %}

{% macro drop_working_table(table) %}
    {%- call statement('drop_working_table', auto_begin=False) -%}
        drop table if exists {{ table }}
    {%- endcall -%}
{% endmacro %}
