{{ config(group='identity') }}

{# A link that is followed never leads from one component to another. #}
select
    links.left_key,
    links.right_key

from {{ ref('identity_links') }} as links

left join {{ ref('identity_components') }} as left_components
    on links.left_key = left_components.identifier_key

left join {{ ref('identity_components') }} as right_components
    on links.right_key = right_components.identifier_key

where
    links.is_followed
    and (
        left_components.found_component_key is null
        or right_components.found_component_key is null
        or left_components.found_component_key != right_components.found_component_key
    )
