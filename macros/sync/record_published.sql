{#- Run when a build was published: remembers its scores, its decisions and whom it gave
    each lead to, all or nothing. `dbt run-operation record_published` -#}
{% macro record_published() %}
    {% do lead_funnel.stop_at_published_copy() %}
    {# Whom fresh runs published since the last whole build is in this one. #}
    {% set fresh_leads = source('sync', 'published_scores').without_identifier() ~ '.fresh_leads' %}
    {% do lead_funnel.run_together(
        lead_funnel.published_score_statements()
        + lead_funnel.handoff_decision_statements()
        + lead_funnel.published_assignment_statements()
        + lead_funnel.published_target_statements()
        + ['drop table if exists ' ~ fresh_leads]
    ) %}
{% endmacro %}

{#- The statements that put rows of a model into a log.
    log       the relation that remembers
    columns   its columns, by name
    model     the relation that the rows come from
    outdated  which rows of the log go first
    only      which of the model's rows come, where not all do -#}
{% macro remembering_statements(log, columns, model, outdated, only='true') %}
    {% set names = columns | join(', ') %}
    {{ return([
        'delete from ' ~ log ~ ' where ' ~ outdated,
        'insert into ' ~ log ~ ' (' ~ names ~ ') select ' ~ names ~ ' from ' ~ model ~ ' where ' ~ only,
    ]) }}
{% endmacro %}
