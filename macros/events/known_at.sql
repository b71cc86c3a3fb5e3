{#- When a decision could first have used a row: rows of the initial backfill
    when they happened, later ones not before they arrived. The model must join
    clock under the name clock. -#}
{% macro known_at(occurred_at, loaded_at) -%}
    case
        when {{ loaded_at }} <= clock.backfilled_until then {{ occurred_at }}
        else greatest({{ occurred_at }}, {{ loaded_at }})
    end
{%- endmacro %}
