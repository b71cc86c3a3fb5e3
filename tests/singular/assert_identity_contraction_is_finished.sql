{# A link left after the last round would leave one person in two pieces: add a
   round under models/intermediate/identity/rounds and to int_identity_components. #}
{{ remaining_links(ref('int_identity_round_8')) }}
