{{ config(materialized='view') }}

with

typed as (

    {{ remembered_rows('form_submissions') }}

),

final as (

    select
        *,
        {{ key(['anonymous_id']) }} as device_key,
        {{ key([url_path('page_url')]) }} as page_key

    from typed

)

select * from final
