{# Which identifiers a request leads on to: the same strong links as in
   int_identity_links, but over every version of a row there ever was, each both
   ways and with each end leading to itself. An address that many share leads
   nowhere. Neither the variable as_of nor a fault in a row gives anything back. #}
{% set raw_links = ['web_events', 'form_submissions', 'campaign_responses', 'crm_leads', 'crm_contacts', 'crm_opportunities'] %}
{# Named in any case, so that dbt knows of them before requests exist. #}
{% set lists = [ref('internal_domains'), ref('placeholder_addresses'), ref('role_addresses')] %}
{% for raw_table in raw_links %}{% do source('raw', raw_table) %}{% endfor %}

{% if not has_erasure_requests() %}
select
    {{ key(['cast(null as string)']) }} as from_key,
    {{ key(['cast(null as string)']) }} as to_key
where false
{% else %}
with

{% for raw_table in raw_links %}
{{ raw_table }} as (

    select *
    from ({{ typed_rows(raw_table, until_as_of=false) }}) as typed
    where coalesce(reject_reason, '') != 'overlong_row'

),

{% endfor %}

addresses as (

    {% for raw_table in raw_links if 'email' in raw_columns(raw_table) %}
    select email from {{ raw_table }} where email is not null
    {% if not loop.last %}union distinct{% endif %}
    {% endfor %}

),

excluded as (

    {{ excluded_addresses('addresses') }}

),

web_identities as (

    select distinct
        email,
        user_id

    from web_events

    where user_id is not null and (email is not null or user_id like '%@%')

),

found_links as (

    select
        email,
        {{ identifier_key('user', 'user_id') }} as other_key

    from web_identities

    where email is not null

    union all

    {# A user id that is an address. #}
    select
        lower(user_id) as email,
        {{ identifier_key('user', 'user_id') }} as other_key

    from web_identities

    where user_id like '%@%'

    {% for raw_table, type, column in [
        ('campaign_responses', 'crm_lead', 'crm_lead_id'),
        ('crm_leads', 'crm_lead', 'lead_id'),
        ('crm_contacts', 'crm_contact', 'contact_id'),
    ] %}
    union all

    select
        email,
        {{ identifier_key(type, column) }} as other_key

    from {{ raw_table }}

    where email is not null and {{ column }} is not null
    {% endfor %}

),

links as (

    select
        {{ identifier_key('email', 'found_links.email') }} as left_key,
        found_links.other_key as right_key

    from found_links

    left join excluded
        on found_links.email = excluded.email

    where excluded.email is null

    {% for raw_table, type, column in [
        ('crm_opportunities', 'crm_contact', 'contact_id'),
        ('crm_leads', 'crm_contact', 'converted_contact_id'),
        ('crm_leads', 'crm_lead', 'merged_into_lead_id'),
    ] %}
    union all

    select
        {{ identifier_key(type, column) }} as left_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as right_key

    from {{ raw_table }}

    where {{ column }} is not null and lead_id is not null
    {% endfor %}

),

{# What is linked to more than a person has links nobody, as in identity. #}
hubs as (

    {{ hubs('links') }}

),

followed as (

    select
        links.left_key,
        links.right_key

    from links

    where
        links.left_key not in (select identifier_key from hubs)
        and links.right_key not in (select identifier_key from hubs)

),

{# Both ways, and each end to itself. #}
final as (

    select distinct
        case when ways.from_left then followed.left_key else followed.right_key end as from_key,
        case when ways.to_left then followed.left_key else followed.right_key end as to_key

    from followed

    cross join (
        select true as from_left, false as to_left
        union all
        select false as from_left, true as to_left
        union all
        select true as from_left, true as to_left
        union all
        select false as from_left, false as to_left
    ) as ways

)

select * from final
{% endif %}
