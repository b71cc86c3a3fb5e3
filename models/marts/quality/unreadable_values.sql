{# What the base models wrote down beside the rows, taken apart by column. Rows that
   are quarantined are told of there. #}
with

notes as (

    {% for raw_table in raw_tables() %}
    select
        '{{ raw_table }}' as raw_table,
        unreadable_values,
        count(*) as row_count

    from {{ ref('base_raw__' ~ raw_table) }}

    where unreadable_values is not null

    group by unreadable_values
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

columns_of_tables as (

    {% for raw_table in raw_tables() %}
    {% set is_last_table = loop.last %}
    {% for name in checked_columns(raw_table) %}
    select
        '{{ raw_table }}' as raw_table,
        '{{ name }}' as column_name
    {% if not (loop.last and is_last_table) %}
    union all
    {% endif %}
    {% endfor %}
    {% endfor %}

),

shapes as (

    select
        notes.raw_table,
        columns_of_tables.column_name,
        split_part(
            split_part(notes.unreadable_values, '|' || columns_of_tables.column_name || '=', 2),
            '|', 1
        ) as example,
        cast(sum(notes.row_count) as bigint) as row_count

    from notes

    inner join columns_of_tables
        on
            notes.raw_table = columns_of_tables.raw_table
            and notes.unreadable_values
            like '%|' || columns_of_tables.column_name || '=%'

    group by 1, 2, 3

),

totals as (

    select
        raw_table,
        column_name,
        cast(sum(row_count) as bigint) as row_count

    from shapes

    group by raw_table, column_name

),

commonest as (

    {{ first_rows('shapes', by='raw_table, column_name', order_by='row_count desc, example') }}

),

final as (

    select
        {{ key(['totals.raw_table', 'totals.column_name']) }} as unreadable_key,
        totals.raw_table,
        totals.column_name,
        totals.row_count,
        commonest.example

    from totals

    inner join commonest
        on
            totals.raw_table = commonest.raw_table
            and totals.column_name = commonest.column_name

)

select * from final

order by raw_table, column_name
