{#- A number by which values stand in an order drawn at random: the same for a value
    each time, another one for each draw. Engines draw differently, so only what does
    not hang on the order may be read from it. -#}
{% macro random_order(value, draw) %}
    {{- return(adapter.dispatch('random_order', 'lead_funnel')(value, draw)) -}}
{% endmacro %}

{#- Hashed twice: the outer one mixes the draw in, the inner one only flips bits. -#}
{% macro default__random_order(value, draw) -%}
    hash(hash({{ value }}, {{ draw }}))
{%- endmacro %}

{% macro spark__random_order(value, draw) -%}
    xxhash64({{ value }}, {{ draw }})
{%- endmacro %}
