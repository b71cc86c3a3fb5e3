{#- When a decision could first have used a row: rows of the initial backfill
    when they happened, later ones not before they arrived.
    clock  the relation of the clock in scope -#}
{% macro known_at(occurred_at, loaded_at, clock) -%}
    case
        when {{ loaded_at }} <= {{ clock }}.backfilled_until then {{ occurred_at }}
        else greatest({{ occurred_at }}, {{ loaded_at }})
    end
{%- endmacro %}
