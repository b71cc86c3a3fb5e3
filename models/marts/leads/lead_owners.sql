{# Who owned a CRM lead from when to when: the history of its owner field, with
   the owner there was before the first change, or today's where it never
   changed. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

crm_leads as (

    select * from {{ ref('stg_raw__crm_leads') }}

),

changes as (

    select
        history_id,
        lead_id,
        old_value,
        new_value,
        changed_at,
        row_number() over (
            partition by lead_id
            order by changed_at, history_id
        ) as change_number

    from {{ ref('stg_raw__crm_lead_history') }}

    where lower(field_name) in ('owner_id', 'ownerid', 'owner')

),

owned as (

    select
        crm_leads.lead_id,
        case
            when changes.lead_id is not null then changes.old_value
            else crm_leads.owner_id
        end as owner_id,
        crm_leads.created_at as owned_from,
        'created:' || crm_leads.lead_id as owned_id

    from crm_leads

    left join changes
        on
            crm_leads.lead_id = changes.lead_id
            and changes.change_number = 1

    union all

    select
        lead_id,
        new_value as owner_id,
        changed_at as owned_from,
        'changed:' || history_id as owned_id

    from changes

),

final as (

    select
        members.lead_key,
        owned.lead_id as crm_lead_id,
        nullif(owned.owner_id, '') as owner_id,
        owned.owned_from,
        lead(owned.owned_from, 1, timestamp '9999-12-31 00:00:00') over (
            partition by owned.lead_id
            order by owned.owned_from, owned.owned_id
        ) as owned_to

    from owned

    inner join members
        on {{ identifier_key('crm_lead', 'owned.lead_id') }} = members.identifier_key

)

select * from final
