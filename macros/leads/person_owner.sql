{#- The owner of a CRM record where that is a person: Salesforce gives records to queues
    too, whose ids begin with 00G. A queue is nobody. -#}
{% macro person_owner(owner_id) -%}
    case
        when {{ owner_id }} like '00G%' and length({{ owner_id }}) in (15, 18) then null
        else {{ owner_id }}
    end
{%- endmacro %}
