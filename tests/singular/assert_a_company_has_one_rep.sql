{{ config(group='routing') }}

{# Nobody is given a lead of a company with which a colleague who is there keeps or works on
   another lead, unless the CRM names whom it, or the company, belongs to. #}
with

acting as (

    select
        leads.account_key,
        leads.owner_id

    from {{ ref('dim_leads') }} as leads

    inner join {{ ref('reps') }} as reps
        on
            leads.owner_id = reps.rep_id
            and reps.is_available

    where
        leads.current_stage in ('sal', 'sql', 'closed_won')
        and not leads.is_deleted

    union distinct

    select
        candidates.account_key,
        kept.owner_id

    from {{ ref('int_routing_kept') }} as kept

    inner join {{ ref('int_routing_candidates') }} as candidates
        on kept.lead_key = candidates.lead_key

),

companies as (

    select
        account_key,
        count(*) as reps

    from acting

    where account_key is not null

    group by account_key

)

select
    assignments.lead_key,
    assignments.owner_id

from {{ ref('lead_assignments') }} as assignments

inner join {{ ref('int_routing_candidates') }} as candidates
    on assignments.lead_key = candidates.lead_key

inner join companies
    on candidates.account_key = companies.account_key

left join acting
    on
        candidates.account_key = acting.account_key
        and assignments.owner_id = acting.owner_id

left join {{ ref('int_account_owners') }} as account_owners
    on assignments.lead_key = account_owners.lead_key

left join {{ ref('int_routing_owners') }} as owners
    on assignments.lead_key = owners.lead_key

where
    assignments.takes_new_slot
    and acting.owner_id is null
    and assignments.owner_id is distinct from account_owners.owner_id
    and assignments.owner_id is distinct from owners.last_owner_id
