{#- What leads became and brought, as columns of a query of int_lead_results: of all of them, and,
    with costed_ before it, of those that came in once costs could be seen. -#}
{% macro lead_results() -%}
    count(*) as leads,
    sum(mqls) as mqls,
    sum(sals) as sals,
    sum(sqls) as sqls,
    count(won_at) as won,
    sum(won_amount) as won_amount,
    max(won_currency_code) as won_currency_code,
    sum(won_without_amount) as won_without_amount,
    count(case when is_cost_seen then 1 end) as costed_leads,
    {%- for stage in ['mqls', 'sals', 'sqls'] %}
    sum(case when is_cost_seen then {{ stage }} end) as costed_{{ stage }},
    {%- endfor %}
    count(case when is_cost_seen then won_at end) as costed_won
{%- endmacro %}
