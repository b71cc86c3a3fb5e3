{# How many addresses each list keeps out of identity. An address on several
   lists counts once, for the first of internal, placeholder, role. #}
with

identifiers as (

    select * from {{ ref('identifiers') }}

),

lists as (

    {% for reason, seed in {
        'internal': 'internal_domains',
        'placeholder': 'placeholder_addresses',
        'role': 'role_addresses',
    }.items() %}
    select
        '{{ reason }}' as excluded_because,
        'seeds/{{ seed }}.csv' as list_file,
        count(*) as line_count

    from {{ ref(seed) }}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

excluded as (

    select
        excluded_because,
        count(*) as identifier_count,
        min(first_seen_at) as first_seen_at

    from identifiers

    where excluded_because is not null

    group by excluded_because

),

final as (

    select
        lists.excluded_because,
        lists.list_file,
        cast(lists.line_count as bigint) as line_count,
        coalesce(cast(excluded.identifier_count as bigint), 0) as identifier_count,
        excluded.first_seen_at

    from lists

    left join excluded
        on lists.excluded_because = excluded.excluded_because

)

select * from final
