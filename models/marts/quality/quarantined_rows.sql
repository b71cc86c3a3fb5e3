{# Every base model, each with its own list of columns: only what they share. #}
with

rejected as (

    {% for raw_table in raw_tables() %}
    select
        '{{ raw_table }}' as raw_table,
        row_key,
        reject_reason as reason,
        raw_row,
        arrived_at

    from {{ ref('base_raw__' ~ raw_table) }}

    where reject_reason is not null
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

grouped as (

    select
        raw_table,
        row_key,
        reason,
        raw_row,
        count(*) as row_count,
        min(arrived_at) as first_loaded_at

    from rejected

    group by raw_table, row_key, reason, raw_row

),

final as (

    select
        {{ key(['raw_table', 'reason', 'raw_row']) }} as quarantine_key,
        raw_table,
        row_key,
        reason,
        raw_row,
        row_count,
        first_loaded_at

    from grouped

)

select * from final
