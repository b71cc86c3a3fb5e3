{#- What the CRM acknowledged last of each record. A job that wrote twice for
    one record: the later word counts. -#}
{% macro latest_acknowledgements() -%}
    select *

    from (
        select
            *,
            row_number() over (
                partition by crm_lead_id
                order by acknowledged_at desc, row_hash
            ) as recency

        from {{ source('sync', 'sync_acknowledgements') }}
    ) as ranked_acknowledgements

    where recency = 1
{%- endmacro %}
