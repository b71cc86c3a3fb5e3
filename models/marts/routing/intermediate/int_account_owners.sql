{# Who in sales knows each account, by lead: the rep whom the CRM names for it, else
   the rep who has most of its leads that sales works on or has won. Only reps who
   are there. #}
with

pool as (

    select * from {{ ref('int_routing_pool') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

available_reps as (

    select rep_id from {{ ref('reps') }}
    where is_available

),

named_owners as (

    select
        lead_accounts.lead_key,
        crm_accounts.owner_id

    from {{ ref('lead_accounts') }} as lead_accounts

    inner join {{ ref('stg_raw__crm_accounts') }} as crm_accounts
        on lead_accounts.crm_account_id = crm_accounts.account_id

    inner join available_reps
        on crm_accounts.owner_id = available_reps.rep_id

),

working_owners as (

    select
        account_key,
        owner_id

    from (
        select
            leads.account_key,
            leads.owner_id,
            row_number() over (
                partition by leads.account_key
                order by count(*) desc, leads.owner_id
            ) as owner_rank

        from leads

        inner join available_reps
            on leads.owner_id = available_reps.rep_id

        where
            leads.account_key is not null
            and not leads.is_deleted
            and (
                leads.is_customer
                or leads.current_stage in ('sal', 'sql', 'closed_won')
            )

        group by leads.account_key, leads.owner_id
    ) as ranked_owners

    where owner_rank = 1

),

final as (

    select
        pool.lead_key,
        coalesce(named_owners.owner_id, working_owners.owner_id) as owner_id,
        working_owners.owner_id as working_owner_id

    from pool

    left join named_owners
        on pool.lead_key = named_owners.lead_key

    left join working_owners
        on pool.account_key = working_owners.account_key

    where coalesce(named_owners.owner_id, working_owners.owner_id) is not null

)

select * from final
