{{ config(severity='warn') }}

{# Of a request that nothing can be read of, or that names nobody in the data, somebody
   should ask whom it means. #}
select
    request_id,
    requested_at,
    outcome

from {{ ref('erasure_receipts') }}

where outcome != 'found'
