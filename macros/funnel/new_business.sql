{#- The deals that are won new business: one row per deal, its amount in the reporting currency,
    null without a rate. A deal of a customer's own cycle is none, whatever its type says.
    opportunities, cycles  the relations of deals and cycles
    rates                  the name of a CTE of currency_rates -#}
{% macro new_business_won(opportunities, cycles, rates) -%}
    select
        opportunities.opportunity_id,
        opportunities.lead_key,
        opportunities.ended_at,
        opportunities.amount * {{ rates }}.rate as amount,
        {{ rates }}.reporting_currency as currency_code

    from {{ opportunities }} as opportunities

    left join {{ cycles }} as cycles
        on
            opportunities.lead_key = cycles.lead_key
            and opportunities.ended_at >= cycles.started_at
            and opportunities.ended_at < cycles.next_started_at

    {{ lead_funnel.join_rates(rates, 'opportunities.currency_code', 'opportunities.ended_at') }}

    where
        opportunities.closed_as = 'closed_won'
        and coalesce(opportunities.deal_type, 'new_business') = 'new_business'
        and coalesce(cycles.origin, 'marketing') != 'expansion'
{%- endmacro %}
