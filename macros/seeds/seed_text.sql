{#- A text cell of a seed. Empty cells arrive as null on one engine, as the word
    None on another; here both are empty text. -#}
{% macro seed_text(column) -%}
    coalesce(nullif(trim(cast({{ column }} as string)), 'None'), '')
{%- endmacro %}
