with

links as (

    {{ remaining_links(ref('int_identity_round_6')) }}

),

{{ contract_links() }}
