{#- The columns of score_changes, with their types. -#}
{% macro score_change_columns() %}
    {{ return({
        'lead_key': lead_funnel.key_type(),
        'as_of': 'timestamp',
        'previous_as_of': 'timestamp',
        'cycle_number': 'int',
        'previous_points': 'double',
        'points': 'double',
        'points_change': 'double',
        'points_from_new_events': 'double',
        'points_from_decay': 'double',
        'points_from_cycle_reset': 'double',
        'points_from_fit': 'double',
        'points_from_identity': 'double',
        'points_from_rules': 'double',
        'points_from_corrections': 'double',
        'previous_probability': 'double',
        'probability': 'double',
        'probability_change': 'double',
        'probability_from_lead': 'double',
        'probability_from_model': 'double',
        'previous_model_version': 'string',
        'model_version': 'string',
    }) }}
{% endmacro %}

{#- What else is remembered of a published lead, to tell next time what has changed. -#}
{% macro score_memory_columns() %}
    {{ return({
        'points_fit': 'double',
        'rules_fingerprint': 'double',
        'identity_fingerprint': 'double',
    }) }}
{% endmacro %}

{#- The table's columns: keys as text, which every engine reads from every file. -#}
{% macro published_score_columns() %}
    {{ return(dict(lead_funnel.score_change_columns(), **dict(lead_funnel.score_memory_columns(), lead_key='string'))) }}
{% endmacro %}

{#- Statements that remember the scores of a build that was published, in the place of
    those of an earlier build of the same as_of. For a run-operation: it names its
    relations itself. -#}
{% macro published_score_statements() %}
    {% set kept_from = lead_funnel.add_days('as_of', -(var('score_changes_kept_days'))) %}
    {{ return(lead_funnel.remembering_statements(
        source('sync', 'published_scores'), lead_funnel.published_score_columns(), ref('fresh_score_changes'),
        outdated='as_of >= (select as_of from ' ~ ref('clock') ~ ')'
        ~ ' or as_of < (select ' ~ kept_from ~ ' from ' ~ ref('clock') ~ ')'
    )) }}
{% endmacro %}

{#- The scores alone. -#}
{% macro record_published_scores() %}
    {% do lead_funnel.run_together(lead_funnel.published_score_statements()) %}
{% endmacro %}

{#- The last run that was published before this one: one row per lead of it.
    published  the log of published scores
    clock      the relation of the present run's moment -#}
{% macro previous_scores(published, clock) -%}
    select
        {%- for name, type in dict(lead_funnel.score_change_columns(), **lead_funnel.score_memory_columns()).items() %}
        cast(published.{{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ published }} as published

    inner join (
        select max(earlier.as_of) as as_of

        from {{ published }} as earlier

        cross join {{ clock }} as clock

        where earlier.as_of < clock.as_of
    ) as last_run
        on published.as_of = last_run.as_of
{%- endmacro %}
