{#- Since when a win can be seen at all: before the first deal, or win by a status, nobody can
    tell a cycle that was not won. -#}
{% macro wins_seen(observability, cycles) -%}
    select min(seen_from) as seen_from

    from (
        select cast(min(observable_from) as timestamp) as seen_from
        from {{ observability }}
        where capability = 'opportunities'

        union all

        select min(closed_won_at) as seen_from from {{ cycles }}
    ) as both_ways
{%- endmacro %}
