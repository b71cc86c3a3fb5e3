{#- Run when a build was published: remembers its scores and its decisions.
    `dbt run-operation record_published` -#}
{% macro record_published() %}
    {% do lead_funnel.record_published_scores() %}
    {% do lead_funnel.record_handoff_decisions() %}
{% endmacro %}

{#- Puts the rows of an intermediate model into a table of the schema sync, in one
    transaction where there are any.
    columns   the table's, by name
    outdated  which rows go first; @clock stands for the clock's relation
    only      which of the model's rows come, where not all do -#}
{% macro remember_published(table, columns, model, outdated, only='true') %}
    {% set names = columns | join(', ') %}
    {% set current = api.Relation.create(database=target.database, schema='intermediate', identifier=model) %}
    {% set clock = api.Relation.create(database=target.database, schema='intermediate', identifier='clock') %}
    {% do run_query('begin') if target.type == 'duckdb' %}
    {% do run_query('delete from sync.' ~ table ~ ' where ' ~ outdated | replace('@clock', clock | string)) %}
    {% do run_query(
        'insert into sync.' ~ table ~ ' (' ~ names ~ ') select ' ~ names ~ ' from ' ~ current ~ ' where ' ~ only
    ) %}
    {% do run_query('commit') if target.type == 'duckdb' %}
{% endmacro %}
