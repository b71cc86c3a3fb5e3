{# Every strong identifier there is, with what keeps it out of identity: an
   address of our own people, or one that many people share, identifies nobody.
   E-mail addresses are already normalised by staging. #}
with

sightings as (

    select
        'email' as identifier_type,
        email as identifier_value,
        occurred_at as seen_at,
        first_loaded_at

    from {{ ref('stg_raw__web_events') }}

    where email is not null

    union all

    select
        'user' as identifier_type,
        user_id as identifier_value,
        occurred_at as seen_at,
        first_loaded_at

    from {{ ref('stg_raw__web_events') }}

    where user_id is not null

    {% for table, time_column in [
        ('form_submissions', 'occurred_at'),
        ('email_events', 'occurred_at'),
        ('campaign_responses', 'occurred_at'),
        ('crm_leads', 'created_at'),
        ('crm_contacts', 'created_at'),
    ] %}
    union all

    select
        'email' as identifier_type,
        email as identifier_value,
        {{ time_column }} as seen_at,
        first_loaded_at

    from {{ ref('stg_raw__' ~ table) }}

    where email is not null
    {% endfor %}

    {% for table, column, time_column in [
        ('crm_leads', 'lead_id', 'created_at'),
        ('crm_leads', 'merged_into_lead_id', 'updated_at'),
        ('campaign_responses', 'crm_lead_id', 'occurred_at'),
        ('crm_opportunities', 'lead_id', 'created_at'),
        ('crm_activities', 'lead_id', 'occurred_at'),
        ('crm_lead_history', 'lead_id', 'changed_at'),
    ] %}
    union all

    select
        'crm_lead' as identifier_type,
        {{ column }} as identifier_value,
        coalesce({{ time_column }}, first_loaded_at) as seen_at,
        first_loaded_at

    from {{ ref('stg_raw__' ~ table) }}

    where {{ column }} is not null
    {% endfor %}

    {% for table, column, time_column in [
        ('crm_contacts', 'contact_id', 'created_at'),
        ('crm_leads', 'converted_contact_id', 'converted_at'),
        ('crm_opportunities', 'contact_id', 'created_at'),
        ('crm_activities', 'contact_id', 'occurred_at'),
    ] %}
    union all

    select
        'crm_contact' as identifier_type,
        {{ column }} as identifier_value,
        coalesce({{ time_column }}, first_loaded_at) as seen_at,
        first_loaded_at

    from {{ ref('stg_raw__' ~ table) }}

    where {{ column }} is not null
    {% endfor %}

),

identifiers as (

    select
        {{ key(["identifier_type || ':' || identifier_value"]) }}
            as identifier_key,
        identifier_type,
        identifier_value,
        min(seen_at) as first_seen_at,
        min(first_loaded_at) as first_loaded_at,
        case
            when identifier_type = 'email'
                then split_part(identifier_value, '@', 1)
        end as email_local_part,
        case
            when identifier_type = 'email'
                then split_part(identifier_value, '@', 2)
        end as email_domain

    from sightings

    group by 1, 2, 3

),

free_mail_domains as (

    select distinct lower(domain) as domain from {{ ref('free_mail_domains') }}

),

internal_domains as (

    select distinct lower(domain) as domain from {{ ref('internal_domains') }}

),

role_addresses as (

    select distinct lower(local_part) as local_part
    from {{ ref('role_addresses') }}

),

classified as (

    select
        identifiers.identifier_key,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.first_seen_at,
        identifiers.first_loaded_at,
        identifiers.email_domain,
        case
            when identifiers.identifier_type != 'email' then null
            when internal_domains.domain is not null then 'internal'
            when role_addresses.local_part is not null then 'role'
            when free_mail_domains.domain is not null then 'free_mail'
            else 'business'
        end as email_class

    from identifiers

    left join free_mail_domains
        on identifiers.email_domain = free_mail_domains.domain

    left join internal_domains
        on identifiers.email_domain = internal_domains.domain

    left join role_addresses
        on identifiers.email_local_part = role_addresses.local_part

),

final as (

    select
        *,
        coalesce(email_class, '') in ('internal', 'role') as is_excluded

    from classified

)

select * from final
