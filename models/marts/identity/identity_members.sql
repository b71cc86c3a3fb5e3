{# One row per identifier, with the person it belongs to and since when that
   was known. The key of a person is its earliest-seen identifier, so that it
   stays when more arrives, and on a merge the older person's key survives. #}
{% set hops = 4 %}

with

clock as (

    select * from {{ ref('clock') }}

),

components as (

    select * from {{ ref('identity_components') }}

),

identifiers as (

    select * from {{ ref('identifiers') }}

),

{# The links that made the components, and no others. #}
followed_links as (

    select
        links.left_key,
        links.right_key,
        links.known_at

    from {{ ref('identity_links') }} as links

    inner join components
        on links.left_key = components.identifier_key

    where links.is_followed and not components.is_oversize

),

links as (

    select
        left_key as from_key,
        right_key as to_key,
        known_at

    from followed_links

    union all

    select
        right_key as from_key,
        left_key as to_key,
        known_at

    from followed_links

),

ranked as (

    select
        components.identifier_key,
        components.component_key,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.email_class,
        identifiers.email_domain,
        identifiers.first_seen_at,
        identifiers.first_loaded_at,
        row_number() over (
            partition by components.component_key
            order by
                {# Rows of the backfill arrived together: there the time of
                   the event decides, later the time of arrival. #}
                {{ known_at('identifiers.first_seen_at', 'identifiers.first_loaded_at', 'clock') }},
                identifiers.first_seen_at,
                components.identifier_key
        ) as seniority

    from components

    inner join identifiers
        on components.identifier_key = identifiers.identifier_key

    cross join clock

),

anchors as (

    select
        component_key,
        identifier_key as lead_key

    from ranked

    where seniority = 1

),

{# When an identifier became connected to the anchor: over the best path, the
   time of the path's latest link. Persons have a handful of identifiers; what
   lies more hops away waits for the component's last link, which is never too
   early. #}
reached_0 as (

    select
        lead_key as identifier_key,
        timestamp '1970-01-01 00:00:00' as joined_at

    from anchors

),

{% for hop in range(1, hops + 1) %}
reached_{{ hop }} as (

    select
        identifier_key,
        min(joined_at) as joined_at

    from (
        select
            identifier_key,
            joined_at

        from reached_{{ hop - 1 }}

        union all

        select
            links.to_key as identifier_key,
            greatest(reached.joined_at, links.known_at) as joined_at

        from reached_{{ hop - 1 }} as reached

        inner join links
            on reached.identifier_key = links.from_key
    ) as paths

    group by identifier_key

),

{% endfor %}

last_links as (

    select
        components.component_key,
        max(links.known_at) as known_at

    from links

    inner join components
        on links.from_key = components.identifier_key

    group by components.component_key

),

final as (

    select
        ranked.identifier_key,
        ranked.identifier_type,
        ranked.identifier_value,
        ranked.email_class,
        ranked.email_domain,
        anchors.lead_key,
        ranked.first_seen_at,
        ranked.first_loaded_at,
        coalesce(reached_{{ hops }}.joined_at, last_links.known_at) as joined_at

    from ranked

    inner join anchors
        on ranked.component_key = anchors.component_key

    left join reached_{{ hops }}
        on ranked.identifier_key = reached_{{ hops }}.identifier_key

    left join last_links
        on ranked.component_key = last_links.component_key

)

select * from final
