{# What identity would not glue because no person has so many identifiers, with
   what to do about it. Keys only: who they are stands in identifiers. #}
{% set remedies = {
    'email': 'Many records hold this address. If it is nobody in particular, add it to seeds/placeholder_addresses.csv or seeds/role_addresses.csv.',
    'user': 'Many addresses came with this user id. Look at what the tracker sends as user_id when people log in or share an account.',
    'crm_lead': 'Many addresses or records point to this CRM lead. Look for a catch-all record in campaign responses, merges and opportunities.',
    'crm_contact': 'Many leads were converted to this CRM contact, or share opportunities with it. Look for a catch-all contact.',
} %}

with

identifiers as (

    select
        identifier_key,
        identifier_type

    from {{ ref('identifiers') }}

),

links as (

    select * from {{ ref('identity_links') }}

),

components as (

    select * from {{ ref('identity_components') }}

),

neighbours as (

    select
        left_key as identifier_key,
        right_key as neighbour_key,
        link_reason,
        known_at,
        is_followed

    from links

    union all

    select
        right_key as identifier_key,
        left_key as neighbour_key,
        link_reason,
        known_at,
        is_followed

    from links

),

hubs as (

    {{ hubs('links') }}

),

hub_links as (

    select
        'hub' as kind,
        hubs.identifier_key as oversize_key,
        neighbours.link_reason,
        max(hubs.neighbour_count) as identifier_count,
        count(*) as link_count,
        min(neighbours.known_at) as first_known_at

    from hubs

    inner join neighbours
        on hubs.identifier_key = neighbours.identifier_key

    group by
        hubs.identifier_key,
        neighbours.link_reason

),

sizes as (

    select
        found_component_key,
        count(*) as identifier_count

    from components

    where is_oversize

    group by found_component_key

),

component_links as (

    select
        'component' as kind,
        components.found_component_key as oversize_key,
        links.link_reason,
        max(sizes.identifier_count) as identifier_count,
        count(*) as link_count,
        min(links.known_at) as first_known_at

    from components

    inner join sizes
        on components.found_component_key = sizes.found_component_key

    inner join links
        on components.identifier_key = links.left_key

    where links.is_followed

    group by
        components.found_component_key,
        links.link_reason

),

by_reason as (

    select * from hub_links

    union all

    select * from component_links

),

findings as (

    select
        kind,
        oversize_key,
        max(identifier_count) as identifier_count,
        sum(link_count) as link_count,
        min(first_known_at) as first_known_at,
        {# Each reason once, in the order of the alphabet. #}
        trim(
            {% for reason in identity_link_reasons() %}
            max(case when link_reason = '{{ reason }}' then '{{ reason }} ' else '' end)
            {{ '||' if not loop.last }}
            {% endfor %}
        ) as link_reasons

    from by_reason

    group by
        kind,
        oversize_key

),

{# Where to look first in a component: its identifier with the most links. #}
degrees as (

    select
        components.found_component_key,
        neighbours.identifier_key,
        count(distinct neighbours.neighbour_key) as neighbour_count

    from components

    inner join neighbours
        on components.identifier_key = neighbours.identifier_key

    where components.is_oversize and neighbours.is_followed

    group by
        components.found_component_key,
        neighbours.identifier_key

),

most_linked as (

    select
        found_component_key,
        identifier_key,
        row_number() over (
            partition by found_component_key
            order by neighbour_count desc, identifier_key
        ) as preference_rank

    from degrees

),

final as (

    select
        findings.kind,
        findings.oversize_key,
        identifiers.identifier_key,
        identifiers.identifier_type,
        cast(findings.identifier_count as bigint) as identifier_count,
        cast({{ var('max_identifiers_per_person') }} as bigint) as identifier_limit,
        cast(findings.link_count as bigint) as link_count,
        findings.link_reasons,
        findings.first_known_at,
        case
            when findings.kind = 'component'
                then 'More identifiers hang together than a person has. Look at the links of the identifier named here first, and correct or list what many share.'
            {% for type, remedy in remedies.items() %}
            when identifiers.identifier_type = '{{ type }}'
                then '{{ remedy }}'
            {% endfor %}
        end
        || ' If it is one person after all, raise the variable max_identifiers_per_person.'
            as remedy

    from findings

    left join most_linked
        on
            findings.kind = 'component'
            and findings.oversize_key = most_linked.found_component_key
            and most_linked.preference_rank = 1

    inner join identifiers
        on coalesce(most_linked.identifier_key, findings.oversize_key) = identifiers.identifier_key

)

select * from final
order by kind, oversize_key
