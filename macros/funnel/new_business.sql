{#- The deals that are won new business: one row per deal, its amount in the reporting currency,
    null without a rate. A deal of a customer's own cycle is none, whatever its type says.
    opportunities, bounds  the relations of deals and of bounds of cycles
    rates                  the name of a CTE of currency_rates -#}
{% macro new_business_won(opportunities, bounds, rates) -%}
    select
        opportunities.opportunity_id,
        opportunities.lead_key,
        opportunities.ended_at,
        opportunities.amount * {{ rates }}.rate as amount,
        {{ rates }}.reporting_currency as currency_code

    from {{ opportunities }} as opportunities

    left join {{ bounds }} as bounds
        on
            opportunities.lead_key = bounds.lead_key
            and opportunities.ended_at >= bounds.started_at
            and opportunities.ended_at < bounds.next_started_at

    {{ lead_funnel.join_rates(rates, 'opportunities.currency_code', 'opportunities.ended_at') }}

    where
        opportunities.closed_as = 'closed_won'
        and coalesce(opportunities.deal_type, 'new_business') = 'new_business'
        and coalesce(bounds.origin, 'marketing') != 'expansion'
{%- endmacro %}
