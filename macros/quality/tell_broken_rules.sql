{#- Says which rules of which columns do not hold, in how many rows, and what finds them: a test of
    column_rules that fails only counts. Stands at the end of every run. -#}
{% macro tell_broken_rules(results) %}
    {% set broken = {
        'unique': 'is not unique: rows too many',
        'not_null': 'is null: rows',
        'accepted_values': 'has a value that is not accepted: rows',
    } %}
    {% for result in results if result.status in ['fail', 'warn'] and result.node.test_metadata and result.node.test_metadata.name == 'column_rules' %}
        {% for row in run_query(result.node.compiled_code).rows %}
            {% do exceptions.warn(
                (result.node.attached_node or result.node.name).split('.')[-1] ~ ': ' ~ row['column_name'] ~ ' '
                ~ broken[row['rule_name']] ~ ' ' ~ row['failing_rows'] ~ '. To see them: ' ~ row['found_by']
            ) %}
        {% endfor %}
    {% endfor %}
{% endmacro %}
