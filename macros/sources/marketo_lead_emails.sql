{#- The address of each lead of Marketo, whose activities name leads only: source, lead_id and email. -#}
{% macro marketo_lead_emails() %}
select
    source,
    lead_id,
    max(email) as email

from (
    {{ lead_funnel.tool_rows('marketo', ['lead', 'leads'], {
        'lead_id': ['id', 'lead_id', 'Marketo ID', 'Id'],
        'email': ['email', 'Email Address'],
    }) }}
) as leads

group by source, lead_id
{% endmacro %}
