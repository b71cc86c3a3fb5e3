{# No cycle that began after its company had become a customer counts as new business. #}
select
    cycles.lead_key,
    cycles.cycle_number

from {{ ref('fct_lead_cycles') }} as cycles

inner join {{ ref('dim_leads') }} as leads
    on cycles.lead_key = leads.lead_key

inner join {{ ref('dim_accounts') }} as accounts
    on leads.account_key = accounts.account_key

where
    cycles.started_at > accounts.customer_since_at
    and (cycles.origin != 'expansion' or cycles.marketing_mql_at is not null)
