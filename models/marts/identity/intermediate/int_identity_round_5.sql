with

links as (

    {{ remaining_links(ref('int_identity_round_4')) }}

),

{{ contract_links() }}
