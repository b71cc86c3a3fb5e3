{#- Connected components by contraction, in rounds. Each node takes for a parent the
    neighbour (or itself) that comes first in an order drawn for the round, and jumps
    once to that parent's own choice; the links between parents that still differ go to
    the next round. A new order each round makes any graph shrink quickly, a chain in
    the order of its keys too.
    Source of the method: Kiveris et al., Connected Components in MapReduce and
    Beyond (2014); of the order drawn anew: Bögeholz, Brand and Todor, In-database
    connected component analysis (2020). -#}

{#- One round: the links it is given, each end with the parent it took.
    links    query of left_key and right_key, neither of them null
    number   of the round, from 1 -#}
{% macro contraction_round(links, number) -%}
with

links as (

    {{ links }}

),

edges as (

    select
        left_key as node_key,
        right_key as neighbour_key,
        {{ lead_funnel.random_order('right_key', number) }} as neighbour_order

    from links

    union all

    select
        right_key as node_key,
        left_key as neighbour_key,
        {{ lead_funnel.random_order('left_key', number) }} as neighbour_order

    from links

),

{# Nodes that draw the same number wait for another round at worst. #}
choices as (

    select
        node_key,
        case
            when min(neighbour_order) < {{ lead_funnel.random_order('node_key', number) }}
                then min_by(neighbour_key, neighbour_order)
            else node_key
        end as parent_key

    from edges

    group by node_key

),

nodes as (

    select
        choices.node_key,
        coalesce(grandparents.parent_key, choices.parent_key) as parent_key

    from choices

    left join choices as grandparents
        on choices.parent_key = grandparents.node_key

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

{#- One row per node of the links: the node, and the smallest node of its component.
    rounds   relations of all rounds, the first one first -#}
{% macro contracted_components(rounds) -%}
with

{% for round_relation in rounds %}
parents_{{ loop.index }} as (

    select
        left_key as node_key,
        left_parent_key as parent_key

    from {{ round_relation }}

    union distinct

    select
        right_key as node_key,
        right_parent_key as parent_key

    from {{ round_relation }}

),

{% endfor %}
{#- From the last round back, because each round has fewer nodes than the one before. #}
roots_{{ rounds | length }} as (

    select
        node_key,
        parent_key as root_key

    from parents_{{ rounds | length }}

),

{% for number in range(rounds | length - 1, 0, -1) %}
roots_{{ number }} as (

    select
        parents_{{ number }}.node_key,
        coalesce(roots_{{ number + 1 }}.root_key, parents_{{ number }}.parent_key)
            as root_key

    from parents_{{ number }}

    left join roots_{{ number + 1 }}
        on parents_{{ number }}.parent_key = roots_{{ number + 1 }}.node_key

),

{% endfor %}
final as (

    select
        node_key,
        min(node_key) over (partition by root_key) as component_key

    from roots_1

)

select * from final
{%- endmacro %}
