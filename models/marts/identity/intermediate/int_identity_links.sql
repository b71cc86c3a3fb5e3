{# Why two identifiers belong to one person, and since when that was known. A
   link of a hub is kept, to be looked at, but not followed. #}
with

clock as (

    select * from {{ ref('clock') }}

),

web_events as (

    select * from {{ ref('stg_raw__web_events') }}

),

campaign_responses as (

    select * from {{ ref('stg_raw__campaign_responses') }}

),

pointers as (

    select * from {{ ref('crm_pointers') }}

),

excluded as (

    select identifier_key
    from {{ ref('identifiers') }}
    where excluded_because is not null

),

observed as (

    select
        {{ identifier_key('email', 'email') }} as left_key,
        {{ identifier_key('user', 'user_id') }} as right_key,
        'identify_call' as link_reason,
        occurred_at,
        loaded_at as arrived_at

    from web_events

    where email is not null and user_id is not null

    union all

    select
        {{ identifier_key('email', 'email') }} as left_key,
        {{ identifier_key('crm_lead', 'crm_lead_id') }} as right_key,
        'campaign_response' as link_reason,
        occurred_at,
        loaded_at as arrived_at

    from campaign_responses

    where email is not null and crm_lead_id is not null

    {# What a CRM record points to. #}
    {% for reason, table, id, type, column, other_type, time in [
        ('crm_lead_email', 'crm_leads', 'lead_id', 'crm_lead', 'email', 'email', 'records.created_at'),
        ('crm_contact_email', 'crm_contacts', 'contact_id', 'crm_contact', 'email', 'email', 'records.created_at'),
        (
            'lead_conversion', 'crm_leads', 'lead_id', 'crm_lead', 'converted_contact_id', 'crm_contact',
            'coalesce(records.converted_at, records.updated_at, records.created_at)',
        ),
        (
            'lead_merge', 'crm_leads', 'lead_id', 'crm_lead', 'merged_into_lead_id', 'crm_lead',
            'coalesce(records.updated_at, records.created_at)',
        ),
    ] %}
    union all

    select
        {{ identifier_key(other_type, 'records.' ~ column) }} as left_key,
        {{ identifier_key(type, 'records.' ~ id) }} as right_key,
        '{{ reason }}' as link_reason,
        {{ time }} as occurred_at,
        pointers.first_loaded_at as arrived_at

    from {{ ref('stg_raw__' ~ table) }} as records

    inner join pointers
        on
            pointers.raw_table = '{{ table }}'
            and pointers.column_name = '{{ column }}'
            and records.{{ id }} = pointers.record_id
            and records.{{ column }} = pointers.value
    {% if reason == 'lead_merge' %}

    where records.merged_into_lead_id != records.lead_id
    {% endif %}
    {% endfor %}

    union all

    {# An opportunity that names a lead and a contact says so once it names both. #}
    select
        {{ identifier_key('crm_contact', 'records.contact_id') }} as left_key,
        {{ identifier_key('crm_lead', 'records.lead_id') }} as right_key,
        'opportunity' as link_reason,
        records.created_at as occurred_at,
        greatest(lead_pointers.first_loaded_at, contact_pointers.first_loaded_at)
            as arrived_at

    from {{ ref('stg_raw__crm_opportunities') }} as records

    {% for pointer in ['lead', 'contact'] %}
    inner join pointers as {{ pointer }}_pointers
        on
            {{ pointer }}_pointers.raw_table = 'crm_opportunities'
            and {{ pointer }}_pointers.column_name = '{{ pointer }}_id'
            and records.opportunity_id = {{ pointer }}_pointers.record_id
            and records.{{ pointer }}_id = {{ pointer }}_pointers.value

    {% endfor %}
),

links as (

    select
        observed.left_key,
        observed.right_key,
        observed.link_reason,
        min(observed.occurred_at) as occurred_at,
        min({{ known_at('observed.occurred_at', 'observed.arrived_at', 'clock') }})
            as known_at,
        count(*) as observation_count

    from observed

    cross join clock

    left join excluded as excluded_left
        on observed.left_key = excluded_left.identifier_key

    left join excluded as excluded_right
        on observed.right_key = excluded_right.identifier_key

    where
        excluded_left.identifier_key is null
        and excluded_right.identifier_key is null

    group by 1, 2, 3

),

hubs as (

    {{ hubs('links') }}

),

final as (

    select
        {{ key(['links.left_key', 'links.right_key', 'links.link_reason']) }}
            as link_key,
        links.left_key,
        links.right_key,
        links.link_reason,
        links.occurred_at,
        links.known_at,
        links.observation_count,
        left_hubs.identifier_key is null and right_hubs.identifier_key is null
            as is_followed

    from links

    left join hubs as left_hubs
        on links.left_key = left_hubs.identifier_key

    left join hubs as right_hubs
        on links.right_key = right_hubs.identifier_key

)

select * from final
