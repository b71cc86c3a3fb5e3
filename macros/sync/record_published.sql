{#- Run when a build was published: remembers its scores and its decisions.
    `dbt run-operation record_published` -#}
{% macro record_published() %}
    {% do lead_funnel.record_published_scores() %}
    {% do lead_funnel.record_handoff_decisions() %}
{% endmacro %}

{#- Puts rows of a model into a log, in one transaction where there are any.
    log       the relation that remembers
    columns   its columns, by name
    model     the relation that the rows come from
    outdated  which rows of the log go first
    only      which of the model's rows come, where not all do -#}
{% macro remember_published(log, columns, model, outdated, only='true') %}
    {% set names = columns | join(', ') %}
    {% do run_query('begin') if target.type == 'duckdb' %}
    {% do run_query('delete from ' ~ log ~ ' where ' ~ outdated) %}
    {% do run_query(
        'insert into ' ~ log ~ ' (' ~ names ~ ') select ' ~ names ~ ' from ' ~ model ~ ' where ' ~ only
    ) %}
    {% do run_query('commit') if target.type == 'duckdb' %}
{% endmacro %}
