{{ config(severity='warn') }}

{# A request whose address cannot be read erases nobody: somebody should ask. #}
select
    request_id,
    requested_at

from {{ ref('stg_raw__erasure_requests') }}

where
    email_key is null
    and device_key is null
    and crm_lead_key is null
