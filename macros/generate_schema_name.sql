{#- Schemas are named plainly (staging, marts, ...) and not prefixed with the
    target's own, because other people's jobs read them by name. What a what-if makes
    has a schema of its own, beside what people read. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if var('points_rules_file', '') and 'what_if' in node.tags -%}
        what_if
    {%- else -%}
        {{ custom_schema_name | trim if custom_schema_name else target.schema }}
    {%- endif -%}
{%- endmacro %}
