{# One row per company: the CRM's accounts, and the domains of people whose company is
   none of them. What the CRM does not say of a company, most of its people do. #}
{% set facts = ['industry', 'employee_count', 'country_code'] %}

with

clock as (

    select * from {{ ref('clock') }}

),

lead_accounts as (

    select * from {{ ref('lead_accounts') }}

),

crm_accounts as (

    select
        {{ key(["'account:' || account_id"]) }} as account_key,
        account_id,
        lower(domain) as domain,
        nullif(lower(trim(industry)), '') as industry,
        employee_count,
        country_code,
        {{ person_owner('owner_id') }} as owner_id

    from {{ ref('stg_raw__crm_accounts') }}

),

profiles as (

    select * from {{ ref('lead_profiles') }}

),

opportunities as (

    select * from {{ ref('opportunities') }}

),

lead_events as (

    select * from {{ ref('lead_events') }}
    where is_engagement

),

free_mail_domains as (

    select distinct lower(domain) as domain from {{ ref('free_mail_domains') }}

),

{# The company's own domain where no record of the CRM says one: that of most. #}
domain_people as (

    select
        account_key,
        domain,
        max(crm_account_id) as crm_account_id,
        count(*) as people

    from lead_accounts

    group by account_key, domain

),

account_domains as (

    {{ first_rows(
        'domain_people',
        by='account_key',
        order_by="case when domain is null then 1 else 0 end, people desc, domain"
    ) }}

),

said_facts as (

    {% for fact in facts %}
    select
        lead_accounts.account_key,
        '{{ fact }}' as fact,
        cast(profiles.{{ fact }} as string) as said_value,
        count(*) as people

    from lead_accounts

    inner join profiles
        on lead_accounts.lead_key = profiles.lead_key

    where profiles.{{ fact }} is not null

    group by lead_accounts.account_key, cast(profiles.{{ fact }} as string)

    {{ 'union all' if not loop.last }}
    {% endfor %}

),

people_facts as (

    select
        account_key,
        {% for fact in facts %}
        max(case when fact = '{{ fact }}' then said_value end) as {{ fact }}{{ ',' if not loop.last }}
        {% endfor %}

    from (
        {{ first_rows('said_facts', by='account_key, fact', order_by='people desc, said_value') | indent(8) }}
    ) as first_facts

    group by account_key

),

lead_activity as (

    select
        lead_events.lead_key,
        min(lead_events.occurred_at) as first_engaged_at,
        max(lead_events.occurred_at) as last_engaged_at

    from lead_events

    group by lead_events.lead_key

),

{# Who is only known is no lead. #}
leads_with_cycles as (

    select
        lead_key,
        max(case when is_current and outcome = 'open' then 1 else 0 end) = 1 as is_open

    from {{ ref('fct_lead_cycles') }}

    group by lead_key

),

people as (

    select
        lead_accounts.account_key,
        lead_accounts.lead_key,
        profiles.channel,
        lead_activity.first_engaged_at,
        coalesce(
            lead_activity.last_engaged_at >= {{ add_days('clock.as_of', -90) }}, false
        ) as is_engaged,
        leads_with_cycles.lead_key is not null as is_lead,
        coalesce(leads_with_cycles.is_open, false) as is_open

    from lead_accounts

    cross join clock

    left join profiles
        on lead_accounts.lead_key = profiles.lead_key

    left join lead_activity
        on lead_accounts.lead_key = lead_activity.lead_key

    left join leads_with_cycles
        on lead_accounts.lead_key = leads_with_cycles.lead_key

),

people_by_account as (

    select
        account_key,
        sum(case when is_lead then 1 else 0 end) as leads,
        sum(case when is_engaged then 1 else 0 end) as engaged_leads_90d,
        sum(case when is_open then 1 else 0 end) as open_leads

    from people

    group by account_key

),

engaged_people as (

    select * from people
    where first_engaged_at is not null

),

first_touches as (

    {{ first_rows(
        'engaged_people',
        by='account_key',
        order_by='first_engaged_at, lead_key',
        columns='account_key, first_engaged_at, channel'
    ) }}

),

{# Who has most of the company's leads now. #}
people_owners as (

    select
        account_key,
        owner_id

    from (
        select
            lead_accounts.account_key,
            owners.owner_id,
            row_number() over (
                partition by lead_accounts.account_key
                order by count(distinct owners.lead_key) desc, owners.owner_id
            ) as preference_rank

        from (
            select
                lead_key,
                {{ person_owner('owner_id') }} as owner_id

            from {{ ref('lead_owners') }}

            where owned_to = timestamp '9999-12-31 00:00:00'
        ) as owners

        inner join lead_accounts
            on owners.lead_key = lead_accounts.lead_key

        where owners.owner_id is not null

        group by lead_accounts.account_key, owners.owner_id
    ) as ranked_owners

    where preference_rank = 1

),

deals as (

    select
        account_key,
        sum(case when closed_as is null then 1 else 0 end) as open_deals,
        sum(case when closed_as = 'closed_won' then 1 else 0 end) as won_deals,
        sum(case when closed_as is null then converted_amount end) as open_amount,
        sum(case when closed_as = 'closed_won' then converted_amount end) as won_amount,
        max(reporting_currency_code) as currency_code,
        count(amount) - count(converted_amount) as left_out

    from opportunities

    where
        account_key is not null
        and closed_as is distinct from 'closed_lost'

    group by account_key

),

customers as (

    {{ customer_accounts(ref('lead_wins'), ref('lead_accounts'), ref('opportunities')) | indent(4) }}

),

account_keys as (

    select account_key from crm_accounts

    union distinct

    select account_key from lead_accounts

    union distinct

    select account_key from deals

),

described as (

    select
        account_keys.account_key,
        coalesce(crm_accounts.account_id, account_domains.crm_account_id) as crm_account_id,
        case
            when free_mail_domains.domain is null then crm_accounts.domain
        end as crm_domain,
        account_domains.domain as people_domain,
        coalesce(crm_accounts.industry, people_facts.industry) as industry,
        coalesce(
            cast(crm_accounts.employee_count as bigint),
            try_cast(people_facts.employee_count as bigint)
        ) as employee_count,
        coalesce(crm_accounts.country_code, people_facts.country_code) as country_code,
        coalesce(crm_accounts.owner_id, people_owners.owner_id) as owner_id

    from account_keys

    left join crm_accounts
        on account_keys.account_key = crm_accounts.account_key

    left join account_domains
        on account_keys.account_key = account_domains.account_key

    left join free_mail_domains
        on crm_accounts.domain = free_mail_domains.domain

    left join people_facts
        on account_keys.account_key = people_facts.account_key

    left join people_owners
        on account_keys.account_key = people_owners.account_key

),

final as (

    select
        described.account_key,
        described.crm_account_id,
        coalesce(described.crm_domain, described.people_domain) as domain,
        described.industry,
        described.employee_count,
        {{ company_size('described.employee_count') }} as segment,
        described.country_code,
        described.owner_id,
        first_touches.first_engaged_at as first_touch_at,
        first_touches.channel as first_touch_channel,
        cast(coalesce(people_by_account.leads, 0) as bigint) as leads,
        cast(coalesce(people_by_account.engaged_leads_90d, 0) as bigint) as engaged_leads_90d,
        cast(coalesce(people_by_account.open_leads, 0) as bigint) as open_leads,
        cast(coalesce(deals.open_deals, 0) as bigint) as open_deals,
        cast(coalesce(deals.won_deals, 0) as bigint) as won_deals,
        cast(round(deals.open_amount, 2) as double) as open_pipeline_amount,
        cast(round(deals.won_amount, 2) as double) as won_amount,
        nullif(deals.currency_code, '') as currency_code,
        cast(coalesce(deals.left_out, 0) as bigint) as deals_left_out,
        customers.account_key is not null as is_customer,
        customers.customer_since_at

    from described

    left join people_by_account
        on described.account_key = people_by_account.account_key

    left join first_touches
        on described.account_key = first_touches.account_key

    left join deals
        on described.account_key = deals.account_key

    left join customers
        on described.account_key = customers.account_key

)

select * from final

order by account_key
