{#- Addresses that identify nobody, out of a relation of distinct addresses in a
    column email: one row per address that a list keeps out, with the list.
    internal     our own people and test domains (seeds/internal_domains.csv)
    placeholder  stands in for an address (seeds/placeholder_addresses.csv)
    role         many people read it (seeds/role_addresses.csv): the words before the
                 @ are one of the list, whatever signs and digits stand between and
                 behind them; or its first word is, and what follows is a country, a
                 region, or one of the list too
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

    {# Most patterns are whole domains, and quicker found as such. #}
    select
        addresses.email,
        'placeholder' as excluded_because

    from {{ addresses }} as addresses

    inner join (
        select substr(lower(pattern), 3) as domain
        from {{ placeholder_addresses }}
        where pattern like '!%@%' escape '!' and substr(pattern, 3) not like '%!%%' escape '!'
    ) as lines
        on split_part(addresses.email, '@', 2) = lines.domain

    union all

    select
        addresses.email,
        'placeholder' as excluded_because

    from {{ addresses }} as addresses

    inner join (
        select pattern
        from {{ placeholder_addresses }}
        where pattern not like '!%@%' escape '!' or substr(pattern, 3) like '%!%%' escape '!'
    ) as lines
        on addresses.email like lower(lines.pattern)

    union all

    select
        worded.email,
        'role' as excluded_because

    from ({{ lead_funnel._worded_addresses(addresses) }}) as worded

    inner join {{ role_addresses }} as lines
        on worded.letters = {{ lead_funnel._role_word('lines.local_part') }}

    {# A letter before a dot is that of a name. #}
    where length(worded.first_word) > 1

    union all

    select
        worded.email,
        'role' as excluded_because

    from ({{ lead_funnel._worded_addresses(addresses) }}) as worded

    inner join {{ role_addresses }} as lines
        on worded.first_word = {{ lead_funnel._role_word('lines.local_part') }}

    left join {{ role_addresses }} as more_lines
        on
            substr(worded.letters, length(worded.first_word) + 1)
            = {{ lead_funnel._role_word('more_lines.local_part') }}

    where
        more_lines.local_part is not null
        {# Two short words may be the letters of a name. #}
        or (
            length(worded.first_word) > 3
            and length(worded.letters) - length(worded.first_word) <= 2
        )
        or substr(worded.letters, length(worded.first_word) + 1)
        in ('emea', 'apac', 'dach', 'latam', 'usa', 'nordics', 'benelux', 'global', 'intl')
) as listed

group by email
{%- endmacro %}

{#- Addresses with the letters of what stands before the @ and the plus sign, all of them
    and those of its first word. Patterns: to translate signs takes ten times as long. -#}
{% macro _worded_addresses(addresses) -%}
    select *

    from (
        select
            email,
            regexp_extract(email, '^[0-9_.-]*([^@+0-9_.-]*)', 1) as first_word,
            {{ lead_funnel.replace_all("regexp_extract(email, '^[^@+]*', 0)", "'[0-9_.-]+'") }} as letters

        from {{ addresses }}
    ) as words

    where first_word != ''
{%- endmacro %}

{% macro _role_word(local_part) -%}
    translate(lower({{ local_part }}), '0123456789-_.', '')
{%- endmacro %}
