{#- Why two identifiers may belong together: the closed list. -#}
{% macro identity_link_reasons() %}
    {{ return([
        'campaign_response', 'crm_contact_email', 'crm_lead_email', 'identify_call',
        'lead_conversion', 'lead_merge', 'opportunity',
    ]) }}
{% endmacro %}
