{#- What is remembered of each decision, with types. Keys as text, which every engine
    reads from every file. -#}
{% macro handoff_decision_columns() %}
    {{ return({
        'lead_key': 'string',
        'decided_at': 'timestamp',
        'week_date': 'date',
        'team_id': 'string',
        'stage': 'string',
        'scored_by': 'string',
        'score': 'int',
        'probability': 'double',
        'points_total': 'double',
        'model_version': 'string',
        'propensity': 'double',
        'is_handed_over': 'boolean',
    }) }}
{% endmacro %}

{#- Run when a build was published: remembers its scores and its decisions.
    `dbt run-operation record_published` -#}
{% macro record_published() %}
    {% do lead_funnel.record_published_scores() %}
    {% do lead_funnel.record_handoff_decisions() %}
{% endmacro %}

{#- A week's draw is one decision: what the first published run of the week decided.
    Later runs of the week see what is left of it, so their chances are not those of a
    fresh draw. A build of the same as_of takes the place of the earlier one. -#}
{% macro record_handoff_decisions() %}
    {% set names = lead_funnel.handoff_decision_columns() | join(', ') %}
    {% set current = api.Relation.create(database=target.database, schema='intermediate', identifier='int_handoff_decisions') %}
    {% set clock = api.Relation.create(database=target.database, schema='intermediate', identifier='int_clock') %}
    {% do run_query('begin') if target.type == 'duckdb' %}
    {% do run_query(
        'delete from sync.handoff_decisions where decided_at >= (select as_of from ' ~ clock ~ ')'
    ) %}
    {% do run_query(
        'insert into sync.handoff_decisions (' ~ names ~ ') select ' ~ names ~ ' from ' ~ current
        ~ ' where week_date not in (select week_date from sync.handoff_decisions)'
    ) %}
    {% do run_query('commit') if target.type == 'duckdb' %}
{% endmacro %}
