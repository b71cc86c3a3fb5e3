{#- Names of the tables in a schema. For hooks: adapter.get_relation would leave a
    transaction open there, which a run-operation rolls back. -#}
{% macro table_names(schema) %}
    {{- return(adapter.dispatch('table_names', 'lead_funnel')(schema)) -}}
{% endmacro %}

{% macro default__table_names(schema) %}
    {% set names = [] %}
    {% for row in run_query('show tables from ' ~ schema).rows %}
        {% do names.append(row[0]) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}

{#- The schema stands before the name. -#}
{% macro spark__table_names(schema) %}
    {% set names = [] %}
    {% for row in run_query('show tables from ' ~ schema).rows %}
        {% do names.append(row[1]) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}
