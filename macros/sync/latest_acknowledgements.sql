{#- What the CRM acknowledged last of each record, by record_key: the CRM's id of the lead,
    and our own key of what we created, which may have no id yet or not be among the
    CRM's records. A job that wrote twice for one record: the later word counts.
    acknowledgements  the relation that sync jobs write -#}
{% macro latest_acknowledgements(acknowledgements) -%}
    {%- set by_key -%}
    (
        select
            crm_lead_id as record_key,
            said.*
        from {{ acknowledgements }} as said
        where crm_lead_id is not null

        union all

        select
            sync_key as record_key,
            said.*
        from {{ acknowledgements }} as said
        where sync_key is distinct from crm_lead_id and sync_key is not null
    ) as keyed_acknowledgements
    {%- endset -%}
    {{ lead_funnel.first_rows(
        by_key, by='record_key', order_by="acknowledged_at desc, row_hash, coalesce(crm_lead_id, '')"
    ) }}
{%- endmacro %}
