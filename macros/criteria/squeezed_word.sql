{#- A word of a CRM as it is compared: in lower case, without blanks, hyphens, slashes and _. -#}
{% macro squeezed_word(word) -%}
    {{ lead_funnel.replace_all('lower(' ~ word ~ ')', "'[^a-z0-9]'") }}
{%- endmacro %}
