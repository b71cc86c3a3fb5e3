{#- What the CRM has acknowledged: one row per CRM record, written by the sync
    job after each push. It exists, empty, before the first push. -#}
{% macro prepare_sync() %}
    {% if execute %}
        {% do run_query('create schema if not exists sync') %}
        {% do run_query(
            'create table if not exists sync.sync_acknowledgements ('
            ~ 'crm_lead_id string, row_hash string, acknowledged_at timestamp, '
            ~ 'score_band string, owner_id string, due_at timestamp)'
        ) %}
    {% endif %}
{% endmacro %}
