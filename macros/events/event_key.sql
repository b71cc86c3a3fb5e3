{#- The key of an event by the kind of record it is, so that ids of two raw tables never
    meet. To be given to base_rows as the record. -#}
{% macro event_key(kind) -%}
    {{ lead_funnel.key(["'" ~ kind ~ ":' || found_rows.row_key"]) }}
{%- endmacro %}
