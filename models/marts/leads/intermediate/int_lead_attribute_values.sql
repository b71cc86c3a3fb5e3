{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# One row per value that a source gave for an attribute of a person, with when
   it was known. CRM fields count through their history: the value at creation
   is the old value of the field's first change, or today's where it never
   changed. #}
{% set account_attributes = {
    'company_name': 'name',
    'industry': 'industry',
    'employee_count': 'employee_count',
    'country_code': 'country_code',
} %}
{% set crm_attributes = {
    'company_name': ['company_name'],
    'job_title': ['job_title'],
    'industry': ['industry'],
    'employee_count': ['employee_count'],
    'country_code': ['country_code'],
    'lead_source': ['lead_source'],
    'lead_source_detail': ['lead_source_detail'],
} %}

with

clock as (

    select * from {{ ref('clock') }}

),

members as (

    select * from {{ ref('identity_members') }}

),

countries as (

    {{ countries_by_name(ref('countries')) }}

),

{{ field_history(
    ref('stg_raw__crm_leads'), ref('stg_raw__crm_lead_history'), crm_attributes
) }},

{# The history of a field holds text: read as the field itself is. #}
observed as (

    select
        {{ identifier_key('crm_lead', 'field_history.lead_id') }} as identifier_key,
        field_history.field as attribute,
        case field_history.field
            when 'country_code' then {{ country_of('field_history.value', 'countries') }}
            when 'employee_count'
                then cast({{ typed_value(plain_integer('field_history.value'), 'integer') }} as string)
            when 'lead_source' then {{ typed_value('field_history.value', 'lower') }}
            when 'lead_source_detail' then {{ typed_value('field_history.value', 'lower') }}
            else field_history.value
        end as value,
        field_history.valid_from as observed_at,
        field_history.loaded_at,
        2 as preference_rank

    from field_history

    left join countries
        on
            field_history.field = 'country_code'
            and {{ country_name('field_history.value') }} = countries.country_name

    {% for attribute in ['company_name', 'job_title', 'country_code', 'employee_count'] %}
    union all

    select
        {{ event_identifier_key('form_submissions') }} as identifier_key,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value,
        occurred_at as observed_at,
        loaded_at,
        1 as preference_rank

    from {{ ref('stg_raw__form_submissions') }}
    {% endfor %}

    {% for attribute in ['job_title', 'country_code', 'lead_source'] %}
    union all

    select
        {{ identifier_key('crm_contact', 'contact_id') }} as identifier_key,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value,
        created_at as observed_at,
        first_loaded_at as loaded_at,
        3 as preference_rank

    from {{ ref('stg_raw__crm_contacts') }}
    {% endfor %}

    union all

    {# A click that the CRM alone remembers. #}
    select
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        'utm' as attribute,
        clicked_on || '|' || {{ medium_of_click('clicked_on') }} as value,
        created_at as observed_at,
        first_loaded_at as loaded_at,
        2 as preference_rank

    from (
        select
            lead_id,
            {{ platform_of_click('click_id') }} as clicked_on,
            created_at,
            first_loaded_at

        from {{ ref('stg_raw__crm_leads') }}
    ) as clicks

),

distinct_sources as (

    select distinct value as lead_source

    from observed

    where attribute = 'lead_source' and value != ''

),

{# Staging holds the CRM's own spelling. #}
source_spellings as (

    {{ spelt_sources('distinct_sources', ref('channels')) }}

),

{# What is known of the account is known of its people, from when they belonged to it. #}
account_facts as (

    {% for attribute, column in account_attributes.items() %}
    select
        lead_accounts.lead_key,
        '{{ attribute }}' as attribute,
        pointers.value,
        accounts.created_at as observed_at,
        pointers.first_loaded_at as loaded_at,
        lead_accounts.account_known_at

    from {{ ref('lead_accounts') }} as lead_accounts

    inner join {{ ref('stg_raw__crm_accounts') }} as accounts
        on lead_accounts.crm_account_id = accounts.account_id

    inner join {{ ref('crm_pointers') }} as pointers
        on
            pointers.raw_table = 'crm_accounts'
            and pointers.column_name = '{{ column }}'
            and accounts.account_id = pointers.record_id
            and cast(accounts.{{ column }} as string) = pointers.value

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

given_values as (

    select
        members.lead_key,
        observed.attribute,
        coalesce(source_spellings.spelling, observed.value) as value,
        observed.observed_at,
        greatest(
            {{ known_at('observed.observed_at', 'observed.loaded_at', 'clock') }},
            members.joined_at
        ) as known_at,
        observed.preference_rank

    from observed

    inner join members
        on observed.identifier_key = members.identifier_key

    left join source_spellings
        on
            observed.attribute = 'lead_source'
            and observed.value = source_spellings.lead_source

    cross join clock

    where observed.value is not null and observed.value != ''

    union all

    select
        members.lead_key,
        'email_domain' as attribute,
        members.email_domain as value,
        members.first_seen_at as observed_at,
        greatest(
            {{ known_at('members.first_seen_at', 'members.first_loaded_at', 'clock') }},
            members.joined_at
        ) as known_at,
        1 as preference_rank

    from members

    cross join clock

    where members.identifier_type = 'email'

    union all

    {# Dated so that of one moment the person's own word goes first. #}
    select
        account_facts.lead_key,
        account_facts.attribute,
        account_facts.value,
        greatest(account_facts.observed_at, account_facts.account_known_at) as observed_at,
        greatest(
            {{ known_at('account_facts.observed_at', 'account_facts.loaded_at', 'clock') }},
            account_facts.account_known_at
        ) as known_at,
        4 as preference_rank

    from account_facts

    cross join clock

),

{% call by_lead(inputs={
    'person_facts': 'given_values',
    'lead_events': ref('lead_events'),
}) %}


person_values as (

    select
        lead_key,
        attribute,
        value,
        observed_at,
        known_at,
        preference_rank

    from person_facts

    union all

    select
        lead_key,
        'campaign_id' as attribute,
        campaign_id as value,
        occurred_at as observed_at,
        known_at,
        1 as preference_rank

    from lead_events

    where campaign_id is not null and source != 'email'

    union all

    select
        lead_key,
        'utm' as attribute,
        coalesce(utm_source, '') || '|' || coalesce(utm_medium, '') as value,
        occurred_at as observed_at,
        known_at,
        1 as preference_rank

    from lead_events

    where utm_source is not null or utm_medium is not null

),

final as (

    select
        person_values.lead_key,
        person_values.attribute,
        person_values.value,
        person_values.preference_rank,
        min(person_values.observed_at) as observed_at,
        min(person_values.known_at) as known_at

    from person_values

    group by
        person_values.lead_key,
        person_values.attribute,
        person_values.value,
        person_values.preference_rank

)

{% endcall %}
