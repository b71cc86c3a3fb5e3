{#- Names of the tables in a schema. For hooks: adapter.get_relation would leave a
    transaction open there, which a run-operation rolls back. The columns of what the
    engines answer differ, so all their words are given; names are looked for in them. -#}
{% macro table_names(schema) %}
    {% set words = [] %}
    {% for row in run_query('show tables from ' ~ schema).rows %}
        {% do words.extend(row.values() | list) %}
    {% endfor %}
    {{ return(words) }}
{% endmacro %}
