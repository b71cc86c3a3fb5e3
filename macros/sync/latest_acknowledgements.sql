{#- What the CRM acknowledged last of each record. A job that wrote twice for
    one record: the later word counts.
    acknowledgements  the relation that sync jobs write -#}
{% macro latest_acknowledgements(acknowledgements) -%}
    select *

    from (
        select
            *,
            row_number() over (
                partition by crm_lead_id
                order by acknowledged_at desc, row_hash
            ) as recency

        from {{ acknowledgements }}
    ) as ranked_acknowledgements

    where recency = 1
{%- endmacro %}
