{# Two people who may be one: the same name at the same company, as they write it or as it
   stands in the address (m.berg@). Nobody is merged by that, as namesakes are colleagues too.
   Names stay out of it. #}
{% set names = {
    'lower(trim(last_name))': "trim(last_name) != ''",
    replace_all(replace_all('lower(email)', "'@.*'"), "'.*[._-]'"):
        matches('lower(email)', "'^[^@]*[._-][^._@-]{3,}@'"),
} %}
{% set sources = [
    ('crm_leads', identifier_key('crm_lead', 'lead_id')),
    ('crm_contacts', identifier_key('crm_contact', 'contact_id')),
    ('form_submissions', event_identifier_key('form_submissions')),
] %}

with

members as (

    select * from {{ ref('identity_members') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

profiles as (

    select * from {{ ref('lead_profiles') }}

),

written as (

    {% for table, identifier_key in sources %}
    {% set is_last_table = loop.last %}
    {% for last_name, is_given in names.items() %}
    select
        {{ identifier_key }} as identifier_key,
        lower(trim(first_name)) || ' ' || {{ last_name }} as person_name

    from {{ ref('stg_raw__' ~ table) }}

    where trim(first_name) != '' and {{ is_given }}

    {{ 'union all' if not (loop.last and is_last_table) }}
    {% endfor %}
    {% endfor %}

),

names as (

    select distinct
        members.lead_key,
        written.person_name

    from written

    inner join members
        on written.identifier_key = members.identifier_key

),

companies as (

    select
        lead_key,
        cast(account_key as string) as company,
        1 as by_account,
        0 as by_name

    from leads

    where account_key is not null

    union all

    select
        lead_key,
        lower(trim(company_name)) as company,
        0 as by_account,
        1 as by_name

    from profiles

    where trim(company_name) != ''

),

placed as (

    select
        names.lead_key,
        names.person_name,
        companies.company,
        companies.by_account,
        companies.by_name

    from names

    inner join companies
        on names.lead_key = companies.lead_key

),

pairs as (

    select
        placed.lead_key,
        others.lead_key as other_lead_key,
        max(placed.by_account) = 1 as is_same_account,
        max(placed.by_name) = 1 as is_same_company_name

    from placed

    inner join placed as others
        on
            placed.person_name = others.person_name
            and placed.company = others.company
            and placed.by_name = others.by_name
            and placed.lead_key < others.lead_key

    group by placed.lead_key, others.lead_key

),

final as (

    select
        pairs.lead_key,
        pairs.other_lead_key,
        leads.crm_lead_id,
        other_leads.crm_lead_id as other_crm_lead_id,
        pairs.is_same_account,
        pairs.is_same_company_name

    from pairs

    inner join leads
        on pairs.lead_key = leads.lead_key

    inner join leads as other_leads
        on pairs.other_lead_key = other_leads.lead_key

    where
        not leads.is_internal
        and not other_leads.is_internal
        and not leads.is_deleted
        and not other_leads.is_deleted

)

select * from final

order by lead_key, other_lead_key
