{# One row per host that visitors came from and that a line of the seed names: search
   engines and social networks. Our own pages, payment pages and all others say nothing
   of where a visitor comes from. #}
with

hosts as (

    select distinct referrer_host

    from {{ ref('stg_raw__web_events') }}

    where referrer_host is not null

),

lines as (

    select
        {{ seed_text('host_pattern') }} as host_pattern,
        {{ seed_text('utm_source') }} as utm_source,
        {{ seed_text('utm_medium') }} as utm_medium

    from {{ ref('referrer_hosts') }}

),

{# The longest pattern that fits wins. #}
matched as (

    select
        hosts.referrer_host,
        lines.utm_source,
        lines.utm_medium,
        row_number() over (
            partition by hosts.referrer_host
            order by length(lines.host_pattern) desc, lines.host_pattern
        ) as preference_rank

    from hosts

    inner join lines
        on '.' || hosts.referrer_host like lower(lines.host_pattern)

),

final as (

    select
        referrer_host,
        utm_source,
        utm_medium

    from matched

    where preference_rank = 1 and utm_source != ''

)

select * from final
