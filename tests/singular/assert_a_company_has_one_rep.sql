{{ config(group='routing') }}

{# Nobody is given a lead of a company with which a colleague who is there keeps or works on
   another lead, unless the CRM names whom it, or the company, belongs to. #}
with

acting as (

    select
        leads.account_key,
        leads.lead_key,
        leads.owner_id

    from {{ ref('dim_leads') }} as leads

    inner join {{ ref('reps') }} as reps
        on
            leads.owner_id = reps.rep_id
            and reps.is_available

    where
        leads.current_stage in ('sal', 'sql', 'closed_won')
        and not leads.is_deleted

    union all

    select
        pool.account_key,
        pool.lead_key,
        owners.preferred_owner_id as owner_id

    from {{ ref('int_routing_owners') }} as owners

    inner join {{ ref('int_routing_pool') }} as pool
        on owners.lead_key = pool.lead_key

    where
        owners.preferred_owner_id = owners.last_owner_id
        and owners.reassigned_because is null

),

given as (

    select
        assignments.lead_key,
        assignments.owner_id,
        max(case when acting.owner_id = assignments.owner_id then 1 else 0 end) as is_acting

    from {{ ref('lead_assignments') }} as assignments

    inner join {{ ref('int_routing_pool') }} as pool
        on assignments.lead_key = pool.lead_key

    inner join acting
        on
            pool.account_key = acting.account_key
            and pool.lead_key != acting.lead_key

    where assignments.takes_new_slot

    group by assignments.lead_key, assignments.owner_id

)

select
    given.lead_key,
    given.owner_id

from given

inner join {{ ref('int_routing_owners') }} as owners
    on given.lead_key = owners.lead_key

where
    given.is_acting = 0
    and given.owner_id is distinct from owners.last_owner_id
    and given.owner_id is distinct from owners.account_owner_id
