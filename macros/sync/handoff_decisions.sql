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
    For a run-operation: it names its relations itself. -#}
{% macro handoff_decision_statements() %}
    {% set log = source('sync', 'handoff_decisions_log') %}
    {{ return(lead_funnel.remembering_statements(
        log, lead_funnel.handoff_decision_columns(), ref('fresh_handoff_decisions'),
        outdated='decided_at >= (select as_of from ' ~ ref('clock') ~ ')',
        only='week_date not in (select week_date from ' ~ log ~ ')'
    )) }}
{% endmacro %}

{#- The decisions alone. -#}
{% macro record_handoff_decisions() %}
    {% do lead_funnel.run_together(lead_funnel.handoff_decision_statements()) %}
{% endmacro %}
