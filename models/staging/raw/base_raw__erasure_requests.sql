{{ config(materialized='view') }}

with

typed as (

    {{ typed_rows('erasure_requests') }}

),

final as (

    select
        *,
        {{ key(['anonymous_id']) }} as device_key

    from typed

)

select * from final
