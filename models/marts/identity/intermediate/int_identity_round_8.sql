with

links as (

    {{ remaining_links(ref('int_identity_round_7')) }}

),

{{ contract_links() }}
