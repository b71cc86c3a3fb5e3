{#- Identifiers that are linked to more others than a person has: a mailbox that no
    list names yet, a record that everything is merged into. They link nobody.
    Expects a relation with left_key and right_key; a pair may come many times. -#}
{% macro hubs(links) -%}
select
    node_key as identifier_key,
    count(*) as neighbour_count

from (
    select left_key as node_key, right_key as neighbour_key from {{ links }}

    union distinct

    select right_key as node_key, left_key as neighbour_key from {{ links }}
) as neighbours

group by node_key

having count(*) > {{ var('max_identifiers_per_person') }}
{%- endmacro %}
