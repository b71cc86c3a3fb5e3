{#- After an update of the project: `dbt run-operation drop_unmade`. Drops the tables and
    views of the schemas staging and intermediate that no model makes any more. They would
    keep old rows, and with them people who asked to be forgotten since. -#}
{% macro drop_unmade() %}
    {% if not lead_funnel.is_embedded() %}
        {% do exceptions.raise_compiler_error('drop_unmade works on DuckDB. On Spark, drop the schemas staging and intermediate: every run makes them anew.') %}
    {% endif %}
    {# With it, models that are made anew beside the published ones change their schema. #}
    {% if var('points_rules_file') %}
        {% do exceptions.raise_compiler_error('drop_unmade knows the published tables only. Run it without the variable points_rules_file.') %}
    {% endif %}
    {% set made = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% do made.append(node.schema ~ '.' ~ node.alias) %}
    {% endfor %}
    {% set found = run_query(
        "select table_schema, table_name, table_type from information_schema.tables"
        ~ " where table_catalog = '" ~ target.database | replace("'", "''") ~ "'"
        ~ " and table_schema in ('staging', 'intermediate') order by 1, 2"
    ) %}
    {% for schema, name, type in found.rows if schema ~ '.' ~ name not in made %}
        {% do log('Dropping ' ~ schema ~ '.' ~ name ~ ', which no model makes.', info=true) %}
        {% set relation = api.Relation.create(database=target.database, schema=schema, identifier=name) %}
        {% do run_query('drop ' ~ ('view ' if type == 'VIEW' else 'table ') ~ relation) %}
    {% endfor %}
{% endmacro %}
