{#- Whether a text holds ASCII characters only: cheap, so that what costs more is done
    for the others. -#}
{% macro is_ascii(text) %}
    {{- return(adapter.dispatch('is_ascii', 'lead_funnel')(text)) -}}
{% endmacro %}

{% macro default__is_ascii(text) -%}
    strlen({{ text }}) = length({{ text }})
{%- endmacro %}

{% macro spark__is_ascii(text) -%}
    octet_length({{ text }}) = char_length({{ text }})
{%- endmacro %}

{#- A text without these characters at either end. -#}
{% macro trim_characters(text, characters) %}
    {{- return(adapter.dispatch('trim_characters', 'lead_funnel')(text, characters)) -}}
{% endmacro %}

{% macro default__trim_characters(text, characters) -%}
    trim({{ text }}, {{ characters }})
{%- endmacro %}

{% macro spark__trim_characters(text, characters) -%}
    btrim({{ text }}, {{ characters }})
{%- endmacro %}

{#- Letters and their accents in one form, where the engine can do that: an umlaut may be
    one character or two. -#}
{% macro composed(text) %}
    {{- return(adapter.dispatch('composed', 'lead_funnel')(text)) -}}
{% endmacro %}

{% macro default__composed(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}

{# There the commonest accent is put together by hand. #}
{% macro spark__composed(text) -%}
    {%- set parts = 'aouAOU' -%}
    {%- set wholes = '\u00e4\u00f6\u00fc\u00c4\u00d6\u00dc' -%}
    {%- set found = namespace(text=text) -%}
    {%- for letter in parts -%}
        {%- set found.text = "replace(" ~ found.text ~ ", '" ~ letter ~ "\u0308', '" ~ wholes[loop.index0] ~ "')" -%}
    {%- endfor -%}
    {{ found.text }}
{%- endmacro %}
