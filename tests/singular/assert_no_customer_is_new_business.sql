{# No cycle that began after its company had become a customer counts as new business. Since when
   it is one is found here from deals and statuses alone, and not as the models find it. #}
with

wins as (

    {# A deal that was won before anybody knew of its lead is the win of that lead's first cycle. #}
    select
        deals.account_key,
        greatest(deals.ended_at, coalesce(first_cycles.started_at, deals.ended_at)) as won_at

    from {{ ref('fct_opportunities') }} as deals

    left join {{ ref('fct_lead_cycles') }} as first_cycles
        on
            deals.lead_key = first_cycles.lead_key
            and first_cycles.cycle_number = 1

    where deals.outcome = 'won'

    union all

    {# Whom a status says to be won, and no deal. #}
    select
        leads.account_key,
        entries.entered_at as won_at

    from {{ ref('fct_stage_transitions') }} as entries

    inner join {{ ref('dim_leads') }} as leads
        on entries.lead_key = leads.lead_key

    left join {{ ref('fct_opportunities') }} as deals
        on entries.source_id = deals.opportunity_id

    where entries.stage = 'closed_won' and deals.opportunity_id is null

    union all

    {# Who expands or renews bought before. #}
    select
        account_key,
        created_at as won_at

    from {{ ref('fct_opportunities') }}

    where deal_type in ('expansion', 'renewal') and outcome != 'lost'

)

select distinct
    cycles.lead_key,
    cycles.cycle_number

from {{ ref('fct_lead_cycles') }} as cycles

inner join {{ ref('dim_leads') }} as leads
    on cycles.lead_key = leads.lead_key

inner join wins
    on
        leads.account_key = wins.account_key
        and cycles.started_at > wins.won_at

where
    cycles.origin != 'expansion'
    or cycles.marketing_mql_at is not null
    or cycles.new_business_won_at is not null
