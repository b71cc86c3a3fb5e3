{# The account of a person: the CRM's word, else the company domain of the first
   business address. #}
with

members as (

    select * from {{ ref('int_identity_members') }}

),

profiles as (

    select * from {{ ref('int_lead_profiles') }}

),

{# A domain that several CRM accounts claim belongs to the oldest. #}
account_domains as (

    select
        account_id,
        lower(domain) as domain,
        row_number() over (
            partition by lower(domain)
            order by created_at, account_id
        ) as seniority

    from {{ ref('stg_raw__crm_accounts') }}

    where domain is not null

),

crm_accounts as (

    select
        members.lead_key,
        contacts.account_id,
        row_number() over (
            partition by members.lead_key
            order by contacts.created_at, contacts.contact_id
        ) as seniority

    from {{ ref('stg_raw__crm_contacts') }} as contacts

    inner join members
        on
            {{ identifier_key('crm_contact', 'contacts.contact_id') }}
            = members.identifier_key

    where contacts.account_id is not null

),

final as (

    select
        profiles.lead_key,
        case
            when crm_accounts.account_id is not null
                then {{ key(["'account:' || crm_accounts.account_id"]) }}
            when account_domains.account_id is not null
                then {{ key(["'account:' || account_domains.account_id"]) }}
            else {{ key(["'domain:' || profiles.email_domain"]) }}
        end as account_key,
        coalesce(crm_accounts.account_id, account_domains.account_id)
            as crm_account_id,
        case when profiles.email_class = 'business' then profiles.email_domain end
            as domain,
        profiles.email_domain_known_at as account_known_at

    from profiles

    left join crm_accounts
        on
            profiles.lead_key = crm_accounts.lead_key
            and crm_accounts.seniority = 1

    left join account_domains
        on
            profiles.email_domain = account_domains.domain
            and account_domains.seniority = 1
            and profiles.email_class = 'business'

    where
        crm_accounts.account_id is not null
        or profiles.email_class = 'business'

)

select * from final
