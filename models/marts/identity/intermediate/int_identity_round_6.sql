with

links as (

    {{ remaining_links(ref('int_identity_round_5')) }}

),

{{ contract_links() }}
