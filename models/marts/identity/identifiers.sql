{# Every strong identifier there is, with what keeps it out of identity: an
   address of our own people, or one that stands in for an address or that many
   people share, identifies nobody. E-mail addresses are already normalised by
   staging. #}
with

sightings as (

    select
        'email' as identifier_type,
        email as identifier_value,
        occurred_at as seen_at,
        loaded_at as arrived_at

    from {{ ref('stg_raw__web_events') }}

    where email is not null

    union all

    select
        'user' as identifier_type,
        user_id as identifier_value,
        occurred_at as seen_at,
        loaded_at as arrived_at

    from {{ ref('stg_raw__web_events') }}

    where user_id is not null

    {% for type, table, column, time_column in [
        ('email', 'form_submissions', 'email', 'occurred_at'),
        ('email', 'email_events', 'email', 'occurred_at'),
        ('email', 'campaign_responses', 'email', 'occurred_at'),
        ('crm_lead', 'campaign_responses', 'crm_lead_id', 'occurred_at'),
        ('crm_contact', 'campaign_responses', 'crm_contact_id', 'occurred_at'),
        ('crm_lead', 'crm_activities', 'lead_id', 'occurred_at'),
        ('crm_lead', 'crm_lead_history', 'lead_id', 'changed_at'),
        ('crm_contact', 'crm_activities', 'contact_id', 'occurred_at'),
    ] %}
    union all

    select
        '{{ type }}' as identifier_type,
        {{ column }} as identifier_value,
        {{ time_column }} as seen_at,
        loaded_at as arrived_at

    from {{ ref('stg_raw__' ~ table) }}

    where {{ column }} is not null
    {% endfor %}

    {# Where there is an address it says whose the row is, and a record that only this
       row tells of would be a second person. #}
    {% for table in ['form_submissions', 'email_events'] %}
    {% for type, column, other in [
        ('crm_lead', 'crm_lead_id', none), ('crm_contact', 'crm_contact_id', 'crm_lead_id'),
    ] %}
    union all

    select
        '{{ type }}' as identifier_type,
        {{ column }} as identifier_value,
        occurred_at as seen_at,
        loaded_at as arrived_at

    from {{ ref('stg_raw__' ~ table) }}

    where {{ column }} is not null and email is null {{ 'and ' ~ other ~ ' is null' if other }}
    {% endfor %}
    {% endfor %}

    {# The record itself arrived with its first version; what it points to arrived
       when a version first said so. #}
    {% for type, table, column in [
        ('crm_lead', 'crm_leads', 'lead_id'),
        ('crm_contact', 'crm_contacts', 'contact_id'),
    ] %}
    union all

    select
        '{{ type }}' as identifier_type,
        {{ column }} as identifier_value,
        created_at as seen_at,
        first_loaded_at as arrived_at

    from {{ ref('stg_raw__' ~ table) }}
    {% endfor %}

    {% for type, table, key, column, time_column in [
        ('email', 'crm_leads', 'lead_id', 'email', 'created_at'),
        ('crm_lead', 'crm_leads', 'lead_id', 'merged_into_lead_id', 'updated_at'),
        ('crm_contact', 'crm_leads', 'lead_id', 'converted_contact_id', 'converted_at'),
        ('email', 'crm_contacts', 'contact_id', 'email', 'created_at'),
        ('crm_contact', 'crm_contacts', 'contact_id', 'merged_into_contact_id', 'updated_at'),
        ('crm_lead', 'crm_opportunities', 'opportunity_id', 'lead_id', 'created_at'),
        ('crm_contact', 'crm_opportunities', 'opportunity_id', 'contact_id', 'created_at'),
    ] %}
    union all

    select
        '{{ type }}' as identifier_type,
        records.{{ column }} as identifier_value,
        coalesce(records.{{ time_column }}, pointers.first_loaded_at) as seen_at,
        pointers.first_loaded_at as arrived_at

    from {{ ref('stg_raw__' ~ table) }} as records

    inner join {{ ref('crm_pointers') }} as pointers
        on
            pointers.raw_table = '{{ table }}'
            and pointers.column_name = '{{ column }}'
            and records.{{ key }} = pointers.record_id
            and records.{{ column }} = pointers.value
    {% endfor %}

    {% for type, column in [('crm_contact', 'contact_id'), ('crm_lead', 'lead_id')] %}
    union all

    {# A part in a deal has no time of its own. #}
    select
        '{{ type }}' as identifier_type,
        parts.{{ column }} as identifier_value,
        opportunities.created_at as seen_at,
        greatest(parts.first_loaded_at, opportunities.first_loaded_at) as arrived_at

    from {{ ref('stg_raw__crm_opportunity_contacts') }} as parts

    inner join {{ ref('stg_raw__crm_opportunities') }} as opportunities
        on parts.opportunity_id = opportunities.opportunity_id

    where parts.{{ column }} is not null
    {% endfor %}

    union all

    select
        'crm_lead' as identifier_type,
        pointers.value as identifier_value,
        coalesce(merges.updated_at, pointers.first_loaded_at) as seen_at,
        pointers.first_loaded_at as arrived_at

    from ({{ merged_leads(ref('stg_raw__crm_leads')) }}) as merges

    inner join {{ ref('crm_pointers') }} as pointers
        on
            pointers.raw_table = 'crm_leads'
            and pointers.column_name = 'merged_lead_id'
            and merges.lead_id = pointers.record_id
            and merges.merged_lead_id = pointers.value

),

first_sightings as (

    select
        identifier_type,
        identifier_value,
        min(seen_at) as first_seen_at,
        min(arrived_at) as first_loaded_at

    from sightings

    group by identifier_type, identifier_value

),

identifiers as (

    select
        {{ key(["identifier_type || ':' || identifier_value"]) }}
            as identifier_key,
        identifier_type,
        identifier_value,
        first_seen_at,
        first_loaded_at,
        case
            when identifier_type = 'email'
                then split_part(identifier_value, '@', 2)
        end as email_domain

    from first_sightings

),

addresses as (

    select identifier_value as email
    from identifiers
    where identifier_type = 'email'

),

excluded as (

    {{ excluded_addresses(
        'addresses',
        internal_domains=ref('internal_domains'),
        placeholder_addresses=ref('placeholder_addresses'),
        role_addresses=ref('role_addresses')
    ) }}

),

free_mail_domains as (

    select distinct lower(domain) as domain from {{ ref('free_mail_domains') }}

),

final as (

    select
        identifiers.identifier_key,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.first_seen_at,
        identifiers.first_loaded_at,
        identifiers.email_domain,
        case
            when identifiers.identifier_type != 'email' then null
            when excluded.email is not null then excluded.excluded_because
            when free_mail_domains.domain is not null then 'free_mail'
            else 'business'
        end as email_class,
        excluded.excluded_because

    from identifiers

    left join excluded
        on
            identifiers.identifier_type = 'email'
            and identifiers.identifier_value = excluded.email

    left join free_mail_domains
        on identifiers.email_domain = free_mail_domains.domain

)

select * from final
