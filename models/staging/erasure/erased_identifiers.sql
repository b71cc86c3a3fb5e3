{{ config(post_hook=[
    "{{ forget_acknowledgements() }}",
    "{{ forget_refusals() }}",
    "{{ forget_published('published_scores') }}",
    "{{ forget_published('handoff_decisions') }}",
]) }}

{# Everything by which a person who asked to be forgotten could be known again,
   as hashes only, always worked out anew from the raw rows: so rows that are
   loaded again, or later, stay out.
   The same strong links as in int_identity_links lead from what the request
   names to the rest, but over every version of a row there ever was. A device
   leads nowhere: others may use it. Nor does an address that many share.
   Neither the variable as_of nor a fault in a row gives anything back. #}
{% set hops = 6 %}
{% set raw_events = ['web_events', 'form_submissions'] %}
{% set raw_links = ['erasure_requests', 'web_events', 'form_submissions', 'campaign_responses', 'crm_leads', 'crm_contacts', 'crm_opportunities'] %}
{# Named in any case, so that dbt knows of them before requests exist. #}
{% set lists = [ref('internal_domains'), ref('placeholder_addresses'), ref('role_addresses')] %}
{% for raw_table in raw_links %}{% do source('raw', raw_table) %}{% endfor %}

{% if not has_erasure_requests() %}
select {{ key(['cast(null as string)']) }} as identifier_key
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

    union all

    select
        email,
        {{ identifier_key('crm_lead', 'crm_lead_id') }} as other_key

    from campaign_responses

    where email is not null and crm_lead_id is not null

    union all

    select
        email,
        {{ identifier_key('crm_lead', 'lead_id') }} as other_key

    from crm_leads

    where email is not null and lead_id is not null

    union all

    select
        email,
        {{ identifier_key('crm_contact', 'contact_id') }} as other_key

    from crm_contacts

    where email is not null and contact_id is not null

),

links as (

    select
        {{ identifier_key('email', 'found_links.email') }} as left_key,
        found_links.other_key as right_key

    from found_links

    left join excluded
        on found_links.email = excluded.email

    where excluded.email is null

    union all

    select
        {{ identifier_key('crm_contact', 'contact_id') }} as left_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as right_key

    from crm_opportunities

    where contact_id is not null and lead_id is not null

    union all

    select
        {{ identifier_key('crm_contact', 'converted_contact_id') }} as left_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as right_key

    from crm_leads

    where converted_contact_id is not null and lead_id is not null

    union all

    select
        {{ identifier_key('crm_lead', 'merged_into_lead_id') }} as left_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as right_key

    from crm_leads

    where merged_into_lead_id is not null and lead_id is not null

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

edges as (

    select left_key as from_key, right_key as to_key from followed

    union distinct

    select right_key as from_key, left_key as to_key from followed

),

reached_0 as (

    select {{ identifier_key('email', 'email') }} as identifier_key
    from erasure_requests
    where email is not null

    union distinct

    select {{ identifier_key('crm_lead', 'crm_lead_id') }} as identifier_key
    from erasure_requests
    where crm_lead_id is not null

),

{% for hop in range(1, hops + 1) %}
reached_{{ hop }} as (

    select identifier_key from reached_{{ hop - 1 }}

    union distinct

    select edges.to_key as identifier_key
    from reached_{{ hop - 1 }} as reached
    inner join edges
        on reached.identifier_key = edges.from_key

),

{% endfor %}

{# As int_device_assignments sees it: the address speaks before the user id. #}
identifications as (

    {% for raw_table in raw_events %}
    select distinct
        {{ identifier_key('device', 'events.anonymous_id') }} as device_identifier_key,
        {% if raw_table == 'web_events' %}
        coalesce(
            {{ identifier_key('email', 'events.email') }},
            {{ identifier_key('user', 'events.user_id') }}
        ) as identifier_key
        {% else %}
        {{ identifier_key('email', 'events.email') }} as identifier_key
        {% endif %}

    from {{ raw_table }} as events

    left join excluded
        on events.email = excluded.email

    where
        events.anonymous_id is not null
        and excluded.email is null
        and events.reject_reason is null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# A device on which nobody else was ever identified is the person's own. #}
own_devices as (

    select identifications.device_identifier_key as identifier_key

    from identifications

    left join reached_{{ hops }} as reached
        on identifications.identifier_key = reached.identifier_key

    where identifications.identifier_key is not null

    group by identifications.device_identifier_key

    having
        count(reached.identifier_key) = count(*)

),

opportunities as (

    select {{ identifier_key('crm_opportunity', 'opportunity_id') }} as identifier_key
    from crm_opportunities
    where
        opportunity_id is not null
        and (
            {{ identifier_key('crm_lead', 'lead_id') }} in (select identifier_key from reached_{{ hops }})
            or {{ identifier_key('crm_contact', 'contact_id') }} in (select identifier_key from reached_{{ hops }})
        )

),

final as (

    select identifier_key from reached_{{ hops }}

    union distinct

    select {{ identifier_key('device', 'anonymous_id') }} as identifier_key
    from erasure_requests
    where anonymous_id is not null

    union distinct

    select identifier_key from own_devices

    union distinct

    select identifier_key from opportunities

)

select * from final
{% endif %}
