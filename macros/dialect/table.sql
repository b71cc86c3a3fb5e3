{#- A table of DuckDB, replaced in one statement. As dbt-duckdb has it, a new table is made
    beside the old one and both are renamed: a tenth of a second for each of hundreds of
    tables that hold a few rows. Everything up to the commit is one transaction, so that
    whoever reads, and a run that fails or is killed, has the old table or the new one. -#}
{% materialization table, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none and not existing.is_table %}
        {%- do drop_relation(existing) -%}
    {%- endif %}
    {%- call statement('main') -%}
        {%- if config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(compiled_code) }}
        create or replace table {{ target_relation }} {{ get_table_columns_and_constraints() }};
        insert into {{ target_relation }} {{ get_column_names() }} (
            {{ get_select_subquery(compiled_code) }}
        )
        {%- else %}
        create or replace table {{ target_relation }} as (
            {{ compiled_code }}
        )
        {%- endif %}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
