{{ config(materialized='table') }}

{# A date like 03/04/2025 says nothing of itself. The other dates of its column do: a
   number above twelve is a day. The file settles it, else the whole column; one slip in
   twenty is passed over, and what stays open is not read. #}
with

counts as (

    {% for raw_table in raw_tables() %}
    {{ dates_in_numbers(raw_table) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

with_columns as (

    select
        *,
        sum(day_first_count) over (partition by raw_table, column_name)
            as column_day_first_count,
        sum(month_first_count) over (partition by raw_table, column_name)
            as column_month_first_count

    from counts

),

final as (

    select
        raw_table,
        column_name,
        part,
        case
            when day_first_count > 20 * month_first_count then 'day_first'
            when month_first_count > 20 * day_first_count then 'month_first'
            when day_first_count + month_first_count > 0 then 'open'
            when column_day_first_count > 20 * column_month_first_count then 'day_first'
            when column_month_first_count > 20 * column_day_first_count then 'month_first'
            else 'open'
        end as date_order

    from with_columns

)

select * from final
