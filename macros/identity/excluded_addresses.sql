{#- Addresses that identify nobody, out of a relation of distinct addresses in a
    column email: one row per address that a list keeps out, with the list.
    internal     our own people and test domains (seeds/internal_domains.csv)
    placeholder  stands in for an address (seeds/placeholder_addresses.csv)
    role         many people read it (seeds/role_addresses.csv)
    On several lists the first of these counts. -#}
{% macro excluded_addresses(addresses, internal_domains, placeholder_addresses, role_addresses) -%}
select
    email,
    {# The reasons happen to stand in the order of the alphabet. #}
    min(excluded_because) as excluded_because

from (
    select
        addresses.email,
        'internal' as excluded_because

    from {{ addresses }} as addresses

    inner join {{ internal_domains }} as lines
        on split_part(addresses.email, '@', 2) = lower(lines.domain)

    union all

    select
        addresses.email,
        'placeholder' as excluded_because

    from {{ addresses }} as addresses

    inner join {{ placeholder_addresses }} as lines
        on addresses.email like lower(lines.pattern)

    union all

    select
        addresses.email,
        'role' as excluded_because

    from {{ addresses }} as addresses

    inner join {{ role_addresses }} as lines
        on split_part(addresses.email, '@', 1) = lower(lines.local_part)
) as listed

group by email
{%- endmacro %}
