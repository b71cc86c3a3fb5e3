{#- A host, or an address with one, whose labels in punycode (xn--mller-kva) are written
    in their letters, where the engine can do that; other text as it is, and so is a
    label that is none. -#}
{% macro letters_of_host(text) %}
    {{- return(adapter.dispatch('letters_of_host', 'lead_funnel')(text)) -}}
{% endmacro %}

{#- By the plugin in lead_funnel/raw. -#}
{% macro default__letters_of_host(text) -%}
    case
        when {{ text }} like '%xn--%' then lead_funnel_letters_of_host({{ text }})
        else {{ text }}
    end
{%- endmacro %}

{% macro spark__letters_of_host(text) -%}
    {{ text }}
{%- endmacro %}
