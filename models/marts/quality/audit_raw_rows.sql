{# The five numbers are counted in five different places: in the source, in the
   accepted table, in its count of versions, in the quarantine and in the list
   of what was erased. None is the difference of others, so a row lost anywhere
   leaves the sum short. #}
with

read_rows as (

    {% for raw_table in raw_tables() %}
    select '{{ raw_table }}' as raw_table, rows_read
    from ({{ count_raw_rows(raw_table) }}) as counted
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

accepted_rows as (

    {% for raw_table in raw_tables() %}
    select
        '{{ raw_table }}' as raw_table,
        count(*) as rows_accepted,
        cast(coalesce(sum(version_count - 1), 0) as bigint) as rows_duplicate
    from {{ ref('stg_raw__' ~ raw_table) }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

{# Accepted rows that tell of a thing once more. #}
repeated as (

    select
        case when source = 'web' then 'web_events' else 'form_submissions' end as raw_table,
        cast(sum(repeat_count) as bigint) as rows_repeated

    from {{ ref('lead_events') }}

    where repeat_count > 0

    group by 1

),

quarantined as (

    select
        raw_table,
        cast(sum(row_count) as bigint) as rows_quarantined

    from {{ ref('quarantined_rows') }}

    group by raw_table

),

erased as (

    select
        raw_table,
        cast(sum(row_count) as bigint) as rows_erased

    from {{ ref('erased_rows') }}

    group by raw_table

),

final as (

    select
        read_rows.raw_table,
        read_rows.rows_read,
        accepted_rows.rows_accepted,
        accepted_rows.rows_duplicate,
        coalesce(repeated.rows_repeated, 0) as rows_repeated,
        coalesce(quarantined.rows_quarantined, 0) as rows_quarantined,
        coalesce(erased.rows_erased, 0) as rows_erased,
        read_rows.rows_read
        = accepted_rows.rows_accepted
        + accepted_rows.rows_duplicate
        + coalesce(quarantined.rows_quarantined, 0)
        + coalesce(erased.rows_erased, 0) as is_balanced

    from read_rows

    inner join accepted_rows
        on read_rows.raw_table = accepted_rows.raw_table

    left join repeated
        on read_rows.raw_table = repeated.raw_table

    left join quarantined
        on read_rows.raw_table = quarantined.raw_table

    left join erased
        on read_rows.raw_table = erased.raw_table

)

select * from final
