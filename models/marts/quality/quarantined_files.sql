{# What is said of files is a view that prepare_raw makes; where raw tables are
   given as tables, there is none. #}
{%- set notes = source('raw', 'intake_notes') -%}
{%- set has_notes = execute and adapter.get_columns_in_relation(notes) -%}
with

intake_notes as (

    {% if has_notes %}
    select * from {{ notes }}
    {% else %}
    select
        cast(null as string) as raw_table,
        cast(null as string) as file_name,
        cast(null as string) as kind,
        cast(null as string) as message,
        cast(null as string) as remedy,
        cast(null as bigint) as size_bytes,
        true as is_quarantined
    where false
    {% endif %}

),

final as (

    select
        file_name,
        raw_table,
        size_bytes,
        kind as reason,
        message,
        remedy

    from intake_notes

    where is_quarantined

)

select * from final
