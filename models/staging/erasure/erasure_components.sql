{{ config(materialized='connected_components') }}

{# Which identifiers a request leads on to, over any number of links. #}
with

links as (

    select * from {{ ref('erasure_links') }}

),

{# What is linked to more than a person has links nobody, as in identity. #}
hubs as (

    {{ hubs('links') }}

),

final as (

    select
        links.left_key,
        links.right_key

    from links

    where
        links.left_key not in (select identifier_key from hubs)
        and links.right_key not in (select identifier_key from hubs)

)

select * from final
