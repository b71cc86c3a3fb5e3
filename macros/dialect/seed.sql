{#- A seed on DuckDB. One whose file is as it was is not read again, if the build says so:
    macros/incremental/kept.sql. -#}
{% materialization seed, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {#- Of a large file, dbt knows the path only. -#}
    {%- set made = lead_funnel.made_of(model.checksum.checksum, config.get('column_types') | string)
        if model.checksum.name == 'sha256' -%}
    {%- if made and made.is_kept and existing is not none -%}
        {%- do store_result('agate_table', response='OK', agate_table=none) -%}
        {{ return(lead_funnel.kept_as_it_is(target_relation)) }}
    {%- endif -%}
    {#- The seed commits by itself: a run that is killed after it must not believe the old. -#}
    {%- do lead_funnel.remember_made_of(target_relation, none) if existing is not none -%}
    {%- set answer = dbt.materialization_seed_default() -%}
    {%- if made -%}
        {%- do lead_funnel.remember_made_of(target_relation, made) -%}
        {{ adapter.commit() }}
    {%- endif -%}
    {{ return(answer) }}
{% endmaterialization %}
