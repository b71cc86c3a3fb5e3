with

links as (

    {{ remaining_links(ref('int_identity_round_1')) }}

),

{{ contract_links() }}
