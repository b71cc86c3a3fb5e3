{#- A number as text with so many decimals, the same on every engine. -#}
{% macro fixed_text(value, decimals=2) -%}
    cast(cast(round({{ value }}, {{ decimals }}) as decimal(28, {{ decimals }})) as string)
{%- endmacro %}

{#- A count without decimals, anything else with one. -#}
{% macro number_text(value) -%}
    case
        when {{ value }} = floor({{ value }})
            then {{ lead_funnel.fixed_text(value, 0) }}
        else {{ lead_funnel.fixed_text(value, 1) }}
    end
{%- endmacro %}
