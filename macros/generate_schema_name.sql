{#- Schemas are named plainly (staging, marts, ...) and not prefixed with the
    target's own, because other people's jobs read them by name. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
