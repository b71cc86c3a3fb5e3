{#- The month of a moment as text, such as 2025-03. -#}
{% macro month_text(moment) -%}
    substring(cast(cast(date_trunc('month', {{ moment }}) as date) as string), 1, 7)
{%- endmacro %}
