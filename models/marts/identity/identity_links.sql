{# Why two identifiers belong to one person, and since when that was known. A
   link of a hub is kept, to be looked at, but not followed. #}
{% set records = {} %}
{% for raw_table in identity_link_tables() %}
{% do records.update({raw_table: ref('stg_raw__' ~ raw_table)}) %}
{% endfor %}

with

clock as (

    select * from {{ ref('clock') }}

),

excluded as (

    select identifier_key
    from {{ ref('identifiers') }}
    where excluded_because is not null

),

{% set addressed = [
    ('crm_leads', 'crm_lead', 'lead_id'), ('crm_contacts', 'crm_contact', 'contact_id'),
] %}
addresses as (

    {% for table, type, id in addressed %}
    select
        '{{ table }}' as raw_table,
        {{ id }} as record_id,
        {{ identifier_key(type, id) }} as record_key,
        '{{ type }}_email' as link_reason,
        email,
        created_at

    from {{ ref('stg_raw__' ~ table) }}

    where email is not null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# People change their address: what came under the one that their record bore before is
   still theirs, unless it is now another record's, and was in the wrong one. #}
former_addresses as (

    select
        {{ identifier_key('email', 'pointers.value') }} as left_key,
        addresses.record_key as right_key,
        addresses.link_reason,
        addresses.created_at as occurred_at,
        pointers.first_loaded_at as arrived_at

    from {{ ref('crm_pointers') }} as pointers

    inner join addresses
        on
            pointers.raw_table = addresses.raw_table
            and pointers.record_id = addresses.record_id
            and pointers.value != addresses.email

    inner join {{ ref('identifiers') }} as identifiers
        on {{ identifier_key('email', 'pointers.value') }} = identifiers.identifier_key

    where
        pointers.column_name = 'email'
        and pointers.value not in (select email from addresses)

),

observed as (

    {{ identity_links(records, pointers=ref('crm_pointers')) }}

    union all

    select
        left_key,
        right_key,
        link_reason,
        occurred_at,
        arrived_at

    from former_addresses

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
        {# A record merged into itself. #}
        and observed.left_key != observed.right_key

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
