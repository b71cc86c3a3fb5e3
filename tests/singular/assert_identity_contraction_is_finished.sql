{{ config(group='identity') }}

{# A link left after the last round would leave one person in two pieces: add a
   round under models/intermediate/identity/rounds and to int_identity_components.
   Each round at least doubles what is unfinished, so after eight each piece has
   256 identifiers or more: none is glued unless max_identifiers_per_person is as
   high, and then no link may be left. #}
select
    left_parent_key,
    right_parent_key

from {{ ref('int_identity_round_8') }}

where
    left_parent_key != right_parent_key
    and left_parent_key in (
        select found_component_key
        from {{ ref('int_identity_components') }}
        where not is_oversize
    )
