with

links as (

    select distinct
        left_key,
        right_key

    from {{ ref('int_identity_links') }}

),

{{ contract_links() }}
