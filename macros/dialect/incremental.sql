{#- An incremental table of DuckDB. A whole one is replaced in one statement, as a table is;
    an increment is put into a temporary table and carried over by the model's strategy. It
    is not begun at all where the same would be read as when the table was last written, if
    the build says so: macros/incremental/kept.sql. Everything up to the commit is one
    transaction. -#}
{% materialization incremental, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set is_increment = existing is not none and existing.is_table and not should_full_refresh() -%}
    {#- What remembers adds to what it was told before: it is asked each time. -#}
    {%- set strategy = config.get('incremental_strategy') or 'default' -%}
    {%- set made = lead_funnel.made_of(compiled_code, lead_funnel.contract_text() ~ strategy) -%}
    {%- if is_increment and made and made.is_kept and strategy != 'remember' -%}
        {{ return(lead_funnel.kept_as_it_is(target_relation)) }}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if not is_increment -%}
        {%- do lead_funnel.replace_table(target_relation, existing) -%}
        {%- do lead_funnel.remember_made_of(target_relation, made) if made -%}
    {%- else -%}
        {%- set temp_relation = make_temp_relation(target_relation) -%}
        {%- call statement('create_temp') -%}
            create or replace temporary table {{ temp_relation }} as (
                {{ compiled_code }}
            )
        {%- endcall -%}
        {%- if config.get('contract').enforced %}
            {{ get_assert_columns_equivalent('select * from ' ~ temp_relation) }}
        {%- endif -%}
        {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
        {%- set columns = process_schema_changes(on_schema_change, temp_relation, existing)
            or adapter.get_columns_in_relation(existing) -%}
        {%- set strategy_macro = adapter.get_incremental_strategy_macro(context, strategy) -%}
        {%- set is_written = lead_funnel.writes_rows(target_relation, temp_relation) if made and strategy != 'remember' -%}
        {%- call statement('main') -%}
            {{ strategy_macro({
                'target_relation': target_relation,
                'temp_relation': temp_relation,
                'unique_key': config.get('unique_key'),
                'dest_columns': columns,
                'incremental_predicates': none,
            }) }}
        {%- endcall -%}
        {%- if made and strategy != 'remember' -%}
            {%- do lead_funnel.remember_made_of(target_relation, made, invocation_id if is_written else made.holds or invocation_id) -%}
        {%- else -%}
            {%- do lead_funnel.remember_made_of(target_relation, made) -%}
        {%- endif -%}
        {%- call statement('drop_temp') -%}
            drop table {{ temp_relation }}
        {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Whether an increment takes rows away or brings some: a lead or part that had no rows and
    gets none is named in it each time. -#}
{% macro writes_rows(target_relation, temp_relation) %}
    {%- set key = config.get('unique_key') -%}
    {%- call statement('writes_rows', fetch_result=True) -%}
        select
            exists (
                select 1 from {{ temp_relation }}
                where {{ key | replace('_key', '') }}_version is not null
            )
            or exists (
                select 1 from {{ target_relation }}
                where {{ key }} in (select {{ key }} from {{ temp_relation }})
            )
    {%- endcall -%}
    {{ return(load_result('writes_rows')['data'][0][0]) }}
{% endmacro %}
