{#- The owner of a CRM record where that is a person: Salesforce gives records to queues
    too, whose ids begin with 00G. A queue is nobody. -#}
{% macro person_owner(owner_id) -%}
    case
        when {{ lead_funnel.is_salesforce_id(lead_funnel.without_any_source(owner_id), ['00G']) }} then null
        else {{ owner_id }}
    end
{%- endmacro %}
