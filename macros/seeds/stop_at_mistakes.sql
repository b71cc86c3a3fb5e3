{#- Stops the command where a file that people edit holds something invalid: one
    sentence a mistake, with file, line and remedy. Takes the file's name and a query
    with the columns line_number and mistake. -#}
{% macro stop_at_mistakes(name, query) %}
    {% set sentences = [] %}
    {% for row in run_query('select line_number, mistake from (' ~ query ~ ') as mistakes order by line_number, mistake').rows %}
        {% do sentences.append(name ~ ', line ' ~ row['line_number'] ~ ': ' ~ row['mistake']) %}
    {% endfor %}
    {% if sentences %}
        {% do exceptions.raise_compiler_error(
            sentences[:20] | join('\n') ~ ('\nand ' ~ (sentences | length - 20) ~ ' more mistakes.' if sentences | length > 20 else '')
        ) %}
    {% endif %}
{% endmacro %}
