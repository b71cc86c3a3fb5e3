{#- What the CRM has acknowledged of each record, written by the sync job after
    each push: what crm_lead_sync held then, and when it was taken. Rows may be
    replaced or added; the latest of a record counts. The table exists, empty,
    before the first push. So do what the CRM refused, the CRM's jobs whose end was
    never seen, what was published of each lead's score, which score_changes starts
    from, and who was handed over by chance or by value and how likely that was: no
    build can lose them, because no model makes them. -#}
{% macro prepare_sync() %}
    {% if execute %}
        {% do run_query('create schema if not exists sync') %}
        {% do run_query(
            'create table if not exists sync.sync_acknowledgements ('
            ~ 'crm_lead_id string, row_hash string, acknowledged_at timestamp, '
            ~ 'score_band string, owner_id string, due_at timestamp, '
            ~ 'is_exploration boolean)'
        ) %}
        {% do run_query(
            'create table if not exists sync.sync_refusals ('
            ~ 'crm_lead_id string, row_hash string, refused_at timestamp, reason string)'
        ) %}
        {% do run_query(
            'create table if not exists sync.sync_jobs (job_id string, started_at timestamp)'
        ) %}
        {% for table, columns in {
            'published_scores': lead_funnel.published_score_columns(),
            'handoff_decisions': lead_funnel.handoff_decision_columns(),
        }.items() %}
            {% set typed = [] %}
            {% for name, type in columns.items() %}
                {% do typed.append(name ~ ' ' ~ type) %}
            {% endfor %}
            {% do run_query('create table if not exists sync.' ~ table ~ ' (' ~ typed | join(', ') ~ ')') %}
        {% endfor %}
    {% endif %}
{% endmacro %}
