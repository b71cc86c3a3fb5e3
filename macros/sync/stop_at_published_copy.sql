{#- Stops before anything is written into a published copy, which the next publishing
    replaces. A copy is known by what it holds, as in lead_funnel/warehouse.py: marts,
    perhaps versions, and no other table. -#}
{% macro stop_at_published_copy() %}
    {% if execute and lead_funnel.is_embedded() %}
        {% set schemas = run_query(
            'select distinct table_schema from information_schema.tables where table_catalog = current_catalog()'
        ).columns[0].values() | list %}
        {% if 'marts' in schemas and schemas | reject('in', ['marts', 'ml']) | list == [] %}
            {% do exceptions.raise_compiler_error(
                target.path ~ ' is a published copy: the next build replaces it. '
                ~ 'Set LEAD_FUNNEL_DB to the warehouse itself.'
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}
