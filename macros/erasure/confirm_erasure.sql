{#- Say that the CRM records which erasure_receipts names for a request are cleared: the
    next build then names them no more.
    `dbt run-operation confirm_erasure --args '{request_id: 17}'` -#}
{% macro confirm_erasure(request_id) %}
    {% set given = "'" ~ request_id | string | replace("'", "''") ~ "'" %}
    {% set receipts = ref('erasure_receipts') %}
    {% if execute %}
        {% if not run_query('select 1 from ' ~ receipts ~ ' where request_id = ' ~ given ~ ' limit 1').rows %}
            {% do exceptions.raise_compiler_error(
                'There is no receipt of a request with this id. Give it as request_id in ' ~ receipts ~ ' has it.'
            ) %}
        {% endif %}
        {% do run_query(
            'insert into ' ~ source('sync', 'erasure_confirmations') ~ ' (request_id, confirmed_at) select ' ~ given
            ~ ', cast(current_timestamp as timestamp)'
        ) %}
    {% endif %}
{% endmacro %}
