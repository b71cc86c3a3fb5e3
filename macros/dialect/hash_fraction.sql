{#- A number in [0, 1) drawn from a value by its hash: the same value, the same
    number, on every engine and in every run. -#}
{% macro hash_fraction(value) %}
    {{- return(adapter.dispatch('hash_fraction', 'lead_funnel')(value)) -}}
{% endmacro %}

{% macro default__hash_fraction(value) -%}
    (cast(cast('0x' || substr(md5({{ value }}), 1, 8) as bigint) as double) / 4294967296)
{%- endmacro %}

{% macro spark__hash_fraction(value) -%}
    (cast(conv(substr(md5({{ value }}), 1, 8), 16, 10) as double) / 4294967296)
{%- endmacro %}
