{#- The compact key of a strong identifier. Types: email, user, crm_lead,
    crm_contact. Null when the value is null. -#}
{% macro identifier_key(identifier_type, value) -%}
    {{ lead_funnel.key(["'" ~ identifier_type ~ ":' || " ~ value]) }}
{%- endmacro %}
