{# The account of a person: the CRM's word, else the domain of the first business
   address, else that of the web site in the CRM; an address at a free mail host, or on
   a social network, says nothing about a company. Of several words of the CRM the earliest known counts, a contact's before a
   lead's. #}
with

clock as (

    select * from {{ ref('clock') }}

),

members as (

    select * from {{ ref('identity_members') }}

),

pointers as (

    select * from {{ ref('crm_pointers') }}

),

{# A domain that several CRM accounts claim belongs to the oldest. #}
account_domains as (

    {{ first_rows(
        ref('stg_raw__crm_accounts'),
        by='lower(domain)',
        order_by='created_at, account_id',
        columns='account_id, lower(domain) as domain'
    ) }}

),

named_accounts as (

    {% for table, type, id, column, time, rank in [
        ('crm_contacts', 'crm_contact', 'contact_id', 'account_id', 'records.created_at', 1),
        (
            'crm_leads', 'crm_lead', 'lead_id', 'converted_account_id',
            'coalesce(records.converted_at, records.updated_at, records.created_at)', 2,
        ),
        ('crm_leads', 'crm_lead', 'lead_id', 'account_id', 'records.created_at', 3),
    ] %}
    select
        {{ identifier_key(type, 'records.' ~ id) }} as identifier_key,
        records.{{ column }} as account_id,
        {{ time }} as occurred_at,
        pointers.first_loaded_at as arrived_at,
        {{ rank }} as preference_rank

    from {{ ref('stg_raw__' ~ table) }} as records

    inner join pointers
        on
            pointers.raw_table = '{{ table }}'
            and pointers.column_name = '{{ column }}'
            and records.{{ id }} = pointers.record_id
            and records.{{ column }} = pointers.value

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

dated_accounts as (

    select
        members.lead_key,
        members.identifier_key,
        named_accounts.account_id,
        named_accounts.preference_rank,
        greatest(
            {{ known_at('named_accounts.occurred_at', 'named_accounts.arrived_at', 'clock') }},
            members.joined_at
        ) as known_at

    from named_accounts

    inner join members
        on named_accounts.identifier_key = members.identifier_key

    cross join clock

),

crm_accounts as (

    {{ first_rows(
        'dated_accounts',
        by='lead_key',
        order_by='preference_rank, known_at, identifier_key, account_id'
    ) }}

),

websites as (

    select
        {{ identifier_key('crm_lead', 'records.lead_id') }} as identifier_key,
        records.website as domain,
        records.created_at,
        records.first_loaded_at

    from {{ ref('stg_raw__crm_leads') }} as records

    left join (
        select distinct lower(domain) as domain from {{ ref('free_mail_domains') }}

        union distinct

        select lower(domain) as domain from {{ ref('internal_domains') }}
    ) as no_company
        on records.website = no_company.domain

    left join {{ ref('referrer_hosts') }} as platforms
        on
            {{ seed_text('platforms.utm_source') }} != ''
            and '.' || records.website like lower(platforms.host_pattern)

    where
        records.website is not null
        and no_company.domain is null
        and platforms.host_pattern is null

),

dated_addresses as (

    select
        members.lead_key,
        members.identifier_key,
        members.email_domain as domain,
        1 as preference_rank,
        members.first_seen_at,
        greatest(
            {{ known_at('members.first_seen_at', 'members.first_loaded_at', 'clock') }},
            members.joined_at
        ) as known_at

    from members

    cross join clock

    where members.email_class = 'business'

    union all

    select
        members.lead_key,
        members.identifier_key,
        websites.domain,
        2 as preference_rank,
        websites.created_at as first_seen_at,
        greatest(
            {{ known_at('websites.created_at', 'websites.first_loaded_at', 'clock') }},
            members.joined_at
        ) as known_at

    from websites

    inner join members
        on websites.identifier_key = members.identifier_key

    cross join clock

),

addresses as (

    {{ first_rows(
        'dated_addresses',
        by='lead_key',
        order_by='preference_rank, known_at, first_seen_at, identifier_key, domain'
    ) }}

),

leads as (

    select distinct lead_key from members

),

final as (

    select
        leads.lead_key,
        case
            when crm_accounts.account_id is not null
                then {{ key(["'account:' || crm_accounts.account_id"]) }}
            when account_domains.account_id is not null
                then {{ key(["'account:' || account_domains.account_id"]) }}
            else {{ key(["'domain:' || addresses.domain"]) }}
        end as account_key,
        coalesce(crm_accounts.account_id, account_domains.account_id)
            as crm_account_id,
        addresses.domain,
        case
            when crm_accounts.account_id is not null then 'crm'
            else 'domain'
        end as assigned_by,
        {# The same account by both ways is known by the earlier. #}
        case
            when
                crm_accounts.account_id is null
                or (
                    crm_accounts.account_id = account_domains.account_id
                    and addresses.known_at < crm_accounts.known_at
                )
                then addresses.known_at
            else crm_accounts.known_at
        end as account_known_at

    from leads

    left join crm_accounts
        on leads.lead_key = crm_accounts.lead_key

    left join addresses
        on leads.lead_key = addresses.lead_key

    left join account_domains
        on addresses.domain = account_domains.domain

    where
        crm_accounts.account_id is not null
        or addresses.domain is not null

)

select * from final
