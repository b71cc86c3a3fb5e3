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

{#- A week's draw is one decision: what the first published run of the week decided.
    Later runs of the week see what is left of it, so their chances are not those of a
    fresh draw. A build of the same as_of takes the place of the earlier one.
    A run-operation: it names its relations itself. -#}
{% macro record_handoff_decisions() %}
    {% set log = source('sync', 'handoff_decisions_log') %}
    {% do lead_funnel.remember_published(
        log, lead_funnel.handoff_decision_columns(), ref('fresh_handoff_decisions'),
        outdated='decided_at >= (select as_of from ' ~ ref('clock') ~ ')',
        only='week_date not in (select week_date from ' ~ log ~ ')'
    ) %}
{% endmacro %}
