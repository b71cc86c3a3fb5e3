{#- One round of connected components by contraction: each node takes its
    smallest neighbour (or itself) for a parent and jumps once to that parent's
    own choice; the links between parents that still differ go to the next
    round. Node ids are hashes, so that chains shrink quickly.
    Source of the method: Kiveris et al., Connected Components in MapReduce and
    Beyond (2014). Expects a CTE named links with left_key and right_key. -#}
{% macro contract_links() -%}
edges as (

    select
        left_key as node_key,
        right_key as neighbour_key

    from links

    union all

    select
        right_key as node_key,
        left_key as neighbour_key

    from links

),

smallest_neighbours as (

    select
        node_key,
        least(node_key, min(neighbour_key)) as parent_key

    from edges

    group by node_key

),

nodes as (

    select
        smallest_neighbours.node_key,
        coalesce(grandparents.parent_key, smallest_neighbours.parent_key)
            as parent_key

    from smallest_neighbours

    left join smallest_neighbours as grandparents
        on smallest_neighbours.parent_key = grandparents.node_key

),

final as (

    select
        links.left_key,
        links.right_key,
        left_nodes.parent_key as left_parent_key,
        right_nodes.parent_key as right_parent_key

    from links

    inner join nodes as left_nodes
        on links.left_key = left_nodes.node_key

    inner join nodes as right_nodes
        on links.right_key = right_nodes.node_key

)

select * from final
{%- endmacro %}

{#- The links that a finished round hands on. -#}
{% macro remaining_links(round_relation) -%}
    select distinct
        left_parent_key as left_key,
        right_parent_key as right_key

    from {{ round_relation }}

    where left_parent_key != right_parent_key
{%- endmacro %}

{#- Node and parent of a finished round, one row a node. -#}
{% macro round_parents(round_relation) -%}
    select
        left_key as node_key,
        left_parent_key as parent_key

    from {{ round_relation }}

    union distinct

    select
        right_key as node_key,
        right_parent_key as parent_key

    from {{ round_relation }}
{%- endmacro %}
