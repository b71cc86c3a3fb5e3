{#- How hooks change tables that are there. -#}

{#- Runs statements in one transaction, where there are any. dbt opens none around hooks and
    run-operations. -#}
{% macro run_together(statements) %}
    {{- return(adapter.dispatch('run_together', 'lead_funnel')(statements)) -}}
{% endmacro %}

{% macro default__run_together(statements) %}
    {% do run_query('begin') %}
    {% for statement in statements %}
        {% do run_query(statement) %}
    {% endfor %}
    {% do run_query('commit') %}
{% endmacro %}

{% macro spark__run_together(statements) %}
    {% for statement in statements %}
        {% do run_query(statement) %}
    {% endfor %}
{% endmacro %}

{#- Adds a column to a table unless it has it. On DuckDB, asking for the columns would open a
    transaction that dbt rolls back. -#}
{% macro add_text_column(relation, column) %}
    {{- return(adapter.dispatch('add_text_column', 'lead_funnel')(relation, column)) -}}
{% endmacro %}

{% macro default__add_text_column(relation, column) %}
    {% do run_query('alter table ' ~ relation ~ ' add column if not exists ' ~ column ~ ' string') %}
{% endmacro %}

{% macro spark__add_text_column(relation, column) %}
    {% if column not in adapter.get_columns_in_relation(relation) | map(attribute='name') %}
        {% do run_query('alter table ' ~ relation ~ ' add columns (' ~ column ~ ' string)') %}
    {% endif %}
{% endmacro %}

{#- Whether rows can be updated: those of Parquet tables cannot. -#}
{% macro can_update() %}
    {{- return(adapter.dispatch('can_update', 'lead_funnel')()) -}}
{% endmacro %}

{% macro default__can_update() %}
    {{- return(true) -}}
{% endmacro %}

{% macro spark__can_update() %}
    {{- return(false) -}}
{% endmacro %}
