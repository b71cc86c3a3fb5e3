{#- The order in which leads are worth a slot, from 1 on: lead_key, priority_rank. In a fresh
    run, among all leads: those that it does not make rank by their last scores.
    scored  relation with lead_key, probability and points_total
    scores  the relation of lead_scores -#}
{% macro priority_ranks(scored, scores) -%}
    select
        lead_key,
        cast(row_number() over (
            order by
                coalesce(round(probability, 9), 0) desc,
                round(points_total, 9) desc,
                lead_key
        ) as bigint) as priority_rank

    from (
        select
            lead_key,
            probability,
            points_total

        from {{ scored }}

        {% if lead_funnel.is_fresh() %}
        union all

        select
            lead_key,
            probability,
            points_total

        from ({{ lead_funnel.other_leads(scores) }}) as other_scores
        {% endif %}
    ) as all_leads
{%- endmacro %}
