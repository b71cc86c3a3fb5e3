with

links as (

    {{ remaining_links(ref('int_identity_round_2')) }}

),

{{ contract_links() }}
