with

links as (

    select distinct
        left_key,
        right_key

    from {{ ref('int_identity_links') }}

    where is_followed

),

{{ contract_links() }}
