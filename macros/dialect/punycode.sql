{#- A host, or an address with one, whose labels in punycode (xn--mller-kva) are written
    in their letters, where the engine can do that; other text as it is, and so is a
    label that is none.
    looks_first  whether text without such a label is kept from the function: cheaper where
                 there are many, but text is written three times -#}
{% macro letters_of_host(text, looks_first=true) %}
    {{- return(adapter.dispatch('letters_of_host', 'lead_funnel')(text, looks_first)) -}}
{% endmacro %}

{#- By the plugin in lead_funnel/raw. -#}
{% macro default__letters_of_host(text, looks_first) -%}
    {%- if looks_first -%}
    case
        when {{ text }} like '%xn--%' then lead_funnel_letters_of_host({{ text }})
        else {{ text }}
    end
    {%- else -%}
    lead_funnel_letters_of_host({{ text }})
    {%- endif -%}
{%- endmacro %}

{% macro spark__letters_of_host(text, looks_first) -%}
    {{ text }}
{%- endmacro %}
