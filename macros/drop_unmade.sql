{#- After an update of the project: `dbt run-operation drop_unmade`. Drops the tables and
    views of our schemas that no model makes any more. They would keep old rows, and with
    them people who asked to be forgotten since. On Spark, whose tables are each made anew
    as a whole, drop the schemas instead. -#}
{% macro drop_unmade() %}
    {% set made = [] %}
    {% for node in graph.nodes.values() if node.resource_type in ['model', 'seed'] %}
        {% do made.append(node.schema ~ '.' ~ node.alias) %}
    {% endfor %}
    {% set found = run_query(
        "select table_schema || '.' || table_name, table_type from information_schema.tables"
        ~ " where table_catalog = '" ~ target.database | replace("'", "''") ~ "'"
        ~ " and table_schema in ('staging', 'intermediate', 'marts', 'seeds') order by 1"
    ) %}
    {% for name, type in found.rows if name not in made %}
        {% do log('Dropping ' ~ name ~ ', which no model makes.', info=true) %}
        {% do run_query('drop ' ~ ('view ' if type == 'VIEW' else 'table ') ~ name) %}
    {% endfor %}
{% endmacro %}
