{#- A view on DuckDB. It bears what its SQL is, so that tables that read it know whether it is
    another: macros/incremental/kept.sql. -#}
{% materialization view, adapter='duckdb' %}
    {%- set made = lead_funnel.made_of(compiled_code) -%}
    {%- set answer = dbt.materialization_view_default() -%}
    {%- if made -%}
        {%- do lead_funnel.remember_made_of(this.incorporate(type='view'), made, local_md5(compiled_code)) -%}
        {{ adapter.commit() }}
    {%- endif -%}
    {{ return(answer) }}
{% endmaterialization %}
