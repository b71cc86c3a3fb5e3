{#- What the CRM has acknowledged of each record, written by the sync job after
    each push: what crm_lead_sync held then, and when it was taken. Rows may be
    replaced or added; the latest of a record counts. The table exists, empty,
    before the first push. So do what the CRM refused, the CRM's jobs whose end was
    never seen, what was published of each lead's score, which score_changes starts
    from, who was handed over by chance or by value and how likely that was, to which
    rep, and what marketing's target was: no build can lose them, because no model makes them. The last two are of erasures: which
    were carried out in the CRM too, and which the file was last rewritten for. -#}
{% macro sync_tables() %}
    {{ return({
        'sync_acknowledgements': {
            'crm_lead_id': 'string', 'row_hash': 'string', 'acknowledged_at': 'timestamp',
            'score_band': 'string', 'owner_id': 'string', 'due_at': 'timestamp',
            'is_exploration': 'boolean', 'sync_key': 'string',
        },
        'sync_refusals': {
            'crm_lead_id': 'string', 'row_hash': 'string', 'refused_at': 'timestamp', 'reason': 'string',
            'sync_key': 'string',
        },
        'sync_jobs': {'job_id': 'string', 'started_at': 'timestamp'},
        'published_scores': lead_funnel.published_score_columns(),
        'handoff_decisions_log': lead_funnel.handoff_decision_columns(),
        'published_assignments': lead_funnel.published_assignment_columns(),
        'published_targets': lead_funnel.published_target_columns(),
        'erasure_confirmations': {'request_id': 'string', 'confirmed_at': 'timestamp'},
        'erasure_rewrites': {'erased_version': 'string'},
    }) }}
{% endmacro %}

{#- Names the sources itself: a hook has no model that could pass them. -#}
{% macro prepare_sync() %}
    {% if execute %}
        {% set schema = source('sync', 'sync_acknowledgements').without_identifier() %}
        {% do run_query('create schema if not exists ' ~ schema) %}
        {% do lead_funnel.rename_handoff_decisions() %}
        {% for table, columns in lead_funnel.sync_tables().items() %}
            {% set typed = [] %}
            {% for name, type in columns.items() %}
                {% do typed.append(name ~ ' ' ~ type) %}
            {% endfor %}
            {% do run_query(
                'create table if not exists ' ~ source('sync', table) ~ ' (' ~ typed | join(', ') ~ ')'
            ) %}
            {# Older warehouses have tables without it. #}
            {% do lead_funnel.add_text_column(source('sync', table), 'sync_key') if 'sync_key' in columns %}
        {% endfor %}
        {# Who the leads of fresh runs are; what is built now tells it again, but of whom it forgets. #}
        {% do run_query('drop table if exists ' ~ schema ~ '.fresh_lead_details') %}
    {% endif %}
{% endmacro %}

{#- In older warehouses the log of decisions bears the name of the mart made from it.
    What was logged there stays. -#}
{% macro rename_handoff_decisions() %}
    {% set log = source('sync', 'handoff_decisions_log') %}
    {% set old = api.Relation.create(database=log.database, schema=log.schema, identifier='handoff_decisions') %}
    {% set there = lead_funnel.table_names(log.without_identifier()) %}
    {% if old.identifier in there and log.identifier not in there %}
        {% do run_query('alter table ' ~ old ~ ' rename to ' ~ log.identifier) %}
    {# An older version ran again meanwhile. #}
    {% elif old.identifier in there %}
        {% set names = lead_funnel.handoff_decision_columns() | join(', ') %}
        {% do lead_funnel.run_together([
            'insert into ' ~ log ~ ' (' ~ names ~ ') select ' ~ names ~ ' from ' ~ old
            ~ ' where week_date not in (select week_date from ' ~ log ~ ')',
            'drop table ' ~ old,
        ]) %}
    {% endif %}
{% endmacro %}
