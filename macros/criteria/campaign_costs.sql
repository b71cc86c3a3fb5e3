{#- What campaigns cost: one row per cost that names its campaign and an amount, with that in the
    reporting currency, null without a rate. A cost of no campaign is in no figure.
    costs, rates  the relation of costs, and that of currency_rates -#}
{% macro campaign_costs(costs, rates) -%}
    select
        costs.campaign_id,
        costs.cost_date,
        costs.amount,
        costs.currency_code,
        costs.amount * rates.rate as converted_amount,
        rates.reporting_currency as reporting_currency_code

    from {{ costs }} as costs

    {{ lead_funnel.join_rates(rates, 'costs.currency_code', 'cast(costs.cost_date as timestamp)') }}

    where costs.campaign_id is not null and costs.amount is not null
{%- endmacro %}
