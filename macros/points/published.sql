{#- The table that people read, also while other rules are tried beside it. -#}
{% macro published(relation, schema) %}
    {{ return(api.Relation.create(
        database=relation.database, schema=schema, identifier=relation.identifier
    ) if var('points_rules_file') and execute else relation) }}
{% endmacro %}
