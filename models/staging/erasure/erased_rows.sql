{# Which raw rows are left out for people who asked to be forgotten, known by
   hashes only. The base models read everything but these. All versions of a key
   go with the one that names an erased person. #}
{% set erasure_hits = ref('erasure_hits') %}
{% do name_typed_rows(raw_tables()) %}

{% if not has_erasure_requests() %}
select
    cast(null as string) as raw_table,
    cast(null as string) as part,
    {{ no_key() }} as key_hash,
    {{ no_key() }} as row_hash,
    cast(0 as bigint) as row_count,
    cast(null as timestamp) as first_loaded_at,
    cast(null as timestamp) as last_loaded_at
where false
{% else %}
with

all_rows as (

    {% for raw_table in raw_tables() %}
    select
        '{{ raw_table }}' as raw_table,
        {{ key(["'key:' || row_key"]) }} as key_hash,
        {{ raw_row_hash('typed') }} as row_hash,
        part,
        loaded_at,
        reject_reason is null as is_usable

    from ({{ typed_rows(raw_table, until_as_of=false, columns=[]) }}) as typed

    {% if var('as_of') %}
    where loaded_at <= {{ to_utc("'" ~ var('as_of') ~ "'") }}
    {% endif %}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

hit_keys as (

    select distinct
        raw_table,
        key_hash

    from {{ erasure_hits }}

    where key_hash is not null

),

hit_rows as (

    select distinct
        raw_table,
        row_hash

    from {{ erasure_hits }}

),

final as (

    select
        all_rows.raw_table,
        all_rows.part,
        all_rows.key_hash,
        all_rows.row_hash,
        count(*) as row_count,
        min(case when all_rows.is_usable then all_rows.loaded_at end) as first_loaded_at,
        max(case when all_rows.is_usable then all_rows.loaded_at end) as last_loaded_at

    from all_rows

    left join hit_keys
        on
            all_rows.raw_table = hit_keys.raw_table
            and all_rows.key_hash = hit_keys.key_hash

    left join hit_rows
        on
            all_rows.raw_table = hit_rows.raw_table
            and all_rows.row_hash = hit_rows.row_hash

    where hit_keys.key_hash is not null or hit_rows.row_hash is not null

    group by
        all_rows.raw_table,
        all_rows.part,
        all_rows.key_hash,
        all_rows.row_hash

)

select * from final
{% endif %}
