{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# One row per value that a source gave for an attribute of a person, with when
   it was known. CRM fields count through their history: the value at creation
   is the old value of the field's first change, or today's where it never
   changed. #}
{% set crm_attributes = [
    'company_name', 'job_title', 'industry', 'employee_count', 'country_code',
    'lead_source',
] %}

with

clock as (

    select * from {{ ref('clock') }}

),

members as (

    select * from {{ ref('identity_members') }}

),

crm_leads as (

    select * from {{ ref('stg_raw__crm_leads') }}

),

field_changes as (

    select
        lead_id,
        lower(field_name) as attribute,
        old_value,
        new_value,
        changed_at,
        loaded_at,
        history_id,
        row_number() over (
            partition by lead_id, lower(field_name)
            order by changed_at, history_id
        ) as change_number

    from {{ ref('stg_raw__crm_lead_history') }}

    where lower(field_name) in ({{ literals(crm_attributes) }})

),

crm_fields as (

    {% for attribute in crm_attributes %}
    select
        lead_id,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value,
        created_at,
        first_loaded_at

    from crm_leads

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

observed as (

    select
        {{ identifier_key('crm_lead', 'crm_fields.lead_id') }} as identifier_key,
        crm_fields.attribute,
        case
            when field_changes.lead_id is not null then field_changes.old_value
            else crm_fields.value
        end as value,
        crm_fields.created_at as observed_at,
        crm_fields.first_loaded_at as loaded_at,
        2 as preference

    from crm_fields

    left join field_changes
        on
            crm_fields.lead_id = field_changes.lead_id
            and crm_fields.attribute = field_changes.attribute
            and field_changes.change_number = 1

    union all

    select
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        attribute,
        new_value as value,
        changed_at as observed_at,
        loaded_at,
        2 as preference

    from field_changes

    {% for attribute in ['company_name', 'job_title', 'country_code', 'employee_count'] %}
    union all

    select
        {{ identifier_key('email', 'email') }} as identifier_key,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value,
        occurred_at as observed_at,
        loaded_at,
        1 as preference

    from {{ ref('stg_raw__form_submissions') }}

    where email is not null
    {% endfor %}

    {% for attribute in ['job_title', 'country_code'] %}
    union all

    select
        {{ identifier_key('crm_contact', 'contact_id') }} as identifier_key,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as string) as value,
        created_at as observed_at,
        first_loaded_at as loaded_at,
        3 as preference

    from {{ ref('stg_raw__crm_contacts') }}
    {% endfor %}

),

given_values as (

    select
        members.lead_key,
        observed.attribute,
        observed.value,
        observed.observed_at,
        greatest(
            {{ known_at('observed.observed_at', 'observed.loaded_at') }},
            members.joined_at
        ) as known_at,
        observed.preference

    from observed

    inner join members
        on observed.identifier_key = members.identifier_key

    cross join clock

    where observed.value is not null and observed.value != ''

    union all

    select
        members.lead_key,
        'email_domain' as attribute,
        members.email_domain as value,
        members.first_seen_at as observed_at,
        greatest(
            {{ known_at('members.first_seen_at', 'members.first_loaded_at') }},
            members.joined_at
        ) as known_at,
        1 as preference

    from members

    cross join clock

    where members.identifier_type = 'email'

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
        preference

    from person_facts

    union all

    select
        lead_key,
        'campaign_id' as attribute,
        campaign_id as value,
        occurred_at as observed_at,
        known_at,
        1 as preference

    from lead_events

    where campaign_id is not null and source != 'email'

    union all

    select
        lead_key,
        'utm' as attribute,
        coalesce(utm_source, '') || '|' || coalesce(utm_medium, '') as value,
        occurred_at as observed_at,
        known_at,
        1 as preference

    from lead_events

    where utm_source is not null or utm_medium is not null

),

final as (

    select
        person_values.lead_key,
        person_values.attribute,
        person_values.value,
        person_values.preference,
        min(person_values.observed_at) as observed_at,
        min(person_values.known_at) as known_at

    from person_values

    group by
        person_values.lead_key,
        person_values.attribute,
        person_values.value,
        person_values.preference

)

{% endcall %}
