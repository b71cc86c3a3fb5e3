{{ config(materialized='view') }}

{# What a request names goes no further than this view, but as hashes; not even
   the raw row does, unless it cannot be used. #}
with

typed as (

    {{ remembered_rows('erasure_requests') }}

),

final as (

    select
        request_id,
        requested_at,
        {{ identifier_key('email', 'email') }} as email_key,
        {{ key(['anonymous_id']) }} as device_key,
        {{ identifier_key('crm_lead', 'crm_lead_id') }} as crm_lead_key,
        row_key,
        loaded_at,
        reject_reason,
        case when reject_reason is not null then raw_row end as raw_row

    from typed

)

select * from final
