{#- What is remembered of marketing's target: what the plan of a week said, by team. -#}
{% macro published_target_columns() %}
    {{ return({
        'week_date': 'date',
        'team_id': 'string',
        'as_of': 'timestamp',
        'weekly_capacity': 'int',
        'target_mqls': 'int',
        'expected_mqls': 'double',
        'expected_mqls_low': 'double',
        'expected_mqls_high': 'double',
    }) }}
{% endmacro %}

{#- A week's target is what the first published run of the week said: reps come and go, and
    no later run can tell what was known then. A build of the same as_of takes the place of
    the earlier one. For a run-operation: it names its relations itself. -#}
{% macro published_target_statements() %}
    {% set log = source('sync', 'published_targets') %}
    {% set planned %}(
        select
            *,
            cast({{ lead_funnel.week_start('as_of') }} as date) as week_date

        from {{ ref('capacity_plan') }}
    ) as planned{% endset %}
    {{ return(lead_funnel.remembering_statements(
        log, lead_funnel.published_target_columns(), planned,
        outdated='as_of >= (select as_of from ' ~ ref('clock') ~ ')',
        only='week_date not in (select week_date from ' ~ log ~ ')'
    )) }}
{% endmacro %}
