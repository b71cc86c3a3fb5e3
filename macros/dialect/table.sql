{#- A table of DuckDB, replaced in one statement. As dbt-duckdb has it, a new table is made
    beside the old one and both are renamed: a tenth of a second for each of hundreds of
    tables that hold a few rows. Everything up to the commit is one transaction, so that
    whoever reads, and a run that fails or is killed, has the old table or the new one. What
    is cut into buckets (in_bucket) is made bucket by bucket. -#}
{% materialization table, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none and not existing.is_table %}
        {%- do drop_relation(existing) -%}
    {%- endif %}
    {%- do lead_funnel.create_by_bucket(target_relation, compiled_code, 'create or replace table') -%}
    {%- if config.get('contract').enforced %}
        {#- Asked of the new table: to ask the query itself is to plan it twice. -#}
        {{ get_assert_columns_equivalent('select * from ' ~ target_relation) }}
        {%- do lead_funnel.add_constraints(target_relation) -%}
    {%- endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- The table of an incremental model. As dbt-duckdb has it, the query is planned once more
    to be held to the contract, which takes longer than all else where there is little to do:
    here the new table is, and the rows of an increment are when they are put into it
    (on_schema_change). Whole builds are made bucket by bucket where they are cut. -#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
    {%- if temporary -%}
        create temporary table {{ relation.include(database=false, schema=false) }} as (
            {{ compiled_code }}
        );
    {%- else -%}
        {%- do lead_funnel.create_by_bucket(relation, compiled_code) -%}
        {%- if config.get('contract').enforced -%}
            {{ get_assert_columns_equivalent('select * from ' ~ relation) }}
            {%- do lead_funnel.add_constraints(relation) -%}
        {%- endif -%}
        select 1
    {%- endif -%}
{%- endmacro %}

{#- What the contract of the model says of the values of a new table. -#}
{% macro add_constraints(relation) %}
    {%- set required = [] -%}
    {%- if model.constraints -%}
        {%- do exceptions.raise_compiler_error(model.name ~ ': constraints are of columns here, not of the model.') -%}
    {%- endif -%}
    {%- for column in model.columns.values() -%}
        {%- for constraint in column.constraints -%}
            {%- if constraint.type != 'not_null' -%}
                {%- do exceptions.raise_compiler_error(model.name ~ '.' ~ column.name ~ ': only not_null is kept here, not ' ~ constraint.type ~ '.') -%}
            {%- endif -%}
            {%- do required.append('alter table ' ~ relation ~ ' alter column ' ~ adapter.quote(column.name) ~ ' set not null') -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if required -%}
        {%- do run_query(required | join(';\n')) -%}
    {%- endif -%}
{% endmacro %}
