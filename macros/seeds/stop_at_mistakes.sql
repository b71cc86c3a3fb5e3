{#- Stops the run with a sentence for each mistake in a file that people wrote:
    where it is and what to do. `mistakes` is a query with the columns line_number
    and mistake, and others to order by. -#}
{% macro stop_at_mistakes(name, mistakes, order_by) %}
    {% set sentences = [] %}
    {% for row in run_query(mistakes ~ ' order by ' ~ order_by).rows %}
        {% do sentences.append(name ~ ', line ' ~ row['line_number'] ~ ': ' ~ row['mistake']) %}
    {% endfor %}
    {% if sentences %}
        {% do exceptions.raise_compiler_error(
            sentences[:20] | join('\n') ~ ('\nand ' ~ (sentences | length - 20) ~ ' more mistakes.' if sentences | length > 20 else '')
        ) %}
    {% endif %}
{% endmacro %}
