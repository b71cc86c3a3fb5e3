{#- What the CRM acknowledged last of each record. A job that wrote twice for
    one record: the later word counts.
    acknowledgements  the relation that sync jobs write -#}
{% macro latest_acknowledgements(acknowledgements) -%}
    {{ lead_funnel.first_rows(
        acknowledgements, by='crm_lead_id', order_by='acknowledged_at desc, row_hash'
    ) }}
{%- endmacro %}
