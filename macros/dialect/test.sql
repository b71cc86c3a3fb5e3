{#- A data test on DuckDB. One that passed on tables that hold what they held is not run
    again, if the build says so: macros/incremental/kept.sql. -#}
{% materialization test, adapter='duckdb' %}
    {%- set made = lead_funnel.made_of(sql, config.get('severity') ~ config.get('error_if') ~ config.get('fail_calc'))
        if not should_store_failures() -%}
    {%- if made and made.is_kept -%}
        {%- call statement('main', fetch_result=True) -%}
            select 0 as failures, false as should_warn, false as should_error
        {%- endcall -%}
        {{ return({'relations': []}) }}
    {%- endif -%}
    {%- set answer = dbt.materialization_test_default() -%}
    {%- if made and made.made_of != '-' and load_result('main')['data'][0][0] == 0 -%}
        {%- do lead_funnel.remember_passed(made) -%}
        {{ adapter.commit() }}
    {%- endif -%}
    {{ return(answer) }}
{% endmaterialization %}
