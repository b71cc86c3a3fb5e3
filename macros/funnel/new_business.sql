{#- All deals, and of each whether it is won new business: a deal of a customer's own cycle is none,
    whatever its type says, nor is one of no cycle that was made when its company was a customer.
    opportunities, cycles, accounts  the relations of opportunities, fct_lead_cycles and
                                     dim_accounts -#}
{% macro deals_by_business(opportunities, cycles, accounts) -%}
    select
        opportunities.*,
        coalesce(opportunities.closed_as, '') = 'closed_won'
        and not coalesce(opportunities.is_expansion, false)
        and coalesce(
            cycles.origin != 'expansion',
            coalesce(opportunities.created_at, opportunities.ended_at) <= accounts.customer_since_at,
            true
        ) as is_new_business_won

    from {{ opportunities }} as opportunities

    left join {{ cycles }} as cycles
        on
            opportunities.lead_key = cycles.lead_key
            and opportunities.ended_at >= cycles.started_at
            and opportunities.ended_at < cycles.next_started_at

    left join {{ accounts }} as accounts
        on opportunities.account_key = accounts.account_key
{%- endmacro %}
