with

links as (

    {{ remaining_links(ref('int_identity_round_3')) }}

),

{{ contract_links() }}
