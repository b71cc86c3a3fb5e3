{#- The compact key of a strong identifier. Types: email, user, crm_lead,
    crm_contact. Null when the value is null. -#}
{% macro identifier_key(identifier_type, value) -%}
    {{ lead_funnel.key(["'" ~ identifier_type ~ ":' || " ~ value]) }}
{%- endmacro %}

{#- Whose a row of a raw table of events is: the address speaks before the user id, and
    before the id of a CRM record. -#}
{% macro event_identifier_key(raw_table, relation_alias=none) -%}
    {%- set from = relation_alias ~ '.' if relation_alias else '' -%}
    {%- set email = lead_funnel.identifier_key('email', from ~ 'email') -%}
    {%- if 'user_id' in lead_funnel.raw_columns(raw_table) -%}
        coalesce({{ email }}, {{ lead_funnel.identifier_key('user', from ~ 'user_id') }})
    {%- elif 'crm_contact_id' in lead_funnel.raw_columns(raw_table) -%}
        coalesce({{ email }}, {{ lead_funnel.crm_identifier_key(from ~ 'crm_lead_id', from ~ 'crm_contact_id') }})
    {%- else -%}
        {{ email }}
    {%- endif -%}
{%- endmacro %}

{#- The identifier of a CRM record: the lead speaks before the contact. -#}
{% macro crm_identifier_key(lead_id, contact_id) -%}
    coalesce(
        {{ lead_funnel.identifier_key('crm_lead', lead_id) }},
        {{ lead_funnel.identifier_key('crm_contact', contact_id) }}
    )
{%- endmacro %}
