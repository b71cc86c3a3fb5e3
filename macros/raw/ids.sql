{#- One form for each id: text without invisible characters in it; 7 where a program
    wrote the number 7.0; and of a Salesforce id the 15 characters that reports and
    addresses show, of which case matters, where 18 were given. -#}
{% macro clean_id(text) -%}
    case
        when {{ lead_funnel.is_ascii(text) }}
            and length({{ text }}) != 18
            and {{ text }} not like '%.0%'
            then {{ text }}
        when {{ lead_funnel.matches(text, "'^-?[0-9]+[.]0+$'") }} then split_part({{ text }}, '.', 1)
        when {{ lead_funnel._is_long_salesforce_id(text) }} then substr({{ text }}, 1, 15)
        else translate({{ text }}, {{ lead_funnel.zero_width_characters() }}, '')
    end
{%- endmacro %}

{#- A campaign's id or tag. People write tags in any case; in the id of a Salesforce
    campaign it matters. -#}
{% macro clean_tag(text) -%}
    case
        when {{ text }} like '701%' and {{ lead_funnel.matches(text, "'^701[0-9A-Za-z]{12}([A-Z0-5]{3})?$'") }}
            then substr({{ text }}, 1, 15)
        when {{ text }} like '%.0%' and {{ lead_funnel.matches(text, "'^[0-9]+[.]0+$'") }}
            then split_part({{ text }}, '.', 1)
        else {{ lead_funnel.clean_word(text) }}
    end
{%- endmacro %}

{#- The last three of 18 characters say which of the first fifteen are capitals: one
    letter or digit for five of them, the first being the lowest bit. -#}
{% macro _is_long_salesforce_id(text) -%}
    {%- set alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' -%}
    {%- set capitals = "translate(substr(" ~ text ~ ", 1, 15), '" ~ alphabet ~ (alphabet | lower) ~ "123456789', '" ~ '1' * 26 ~ '0' * 35 ~ "')" -%}
    {%- set meanings = [] -%}
    {%- for character in alphabet ~ '012345' -%}
        {%- set number = loop.index0 -%}
        {%- set bits = [] -%}
        {%- for bit in range(5) %}{% do bits.append(number // 2 ** bit % 2) %}{% endfor -%}
        {%- do meanings.append(bits | join ~ character) -%}
    {%- endfor -%}
    {%- set blocks = "'^(.{5})(.{5})(.{5})(.)(.)(.)$'" -%}
    {{ lead_funnel.matches(text, "'^[0-9A-Za-z]{15}[A-Z0-5]{3}$'") }}
    and {{ lead_funnel.matches(
        lead_funnel.rearranged(capitals ~ ' || substr(' ~ text ~ ', 16, 3)', blocks, [1, 4, 2, 5, 3, 6]),
        "'^(?:" ~ meanings | join('|') ~ "){3}$'"
    ) }}
{%- endmacro %}

{#- A telephone number as written; null where it has fewer than six digits, one digit
    throughout, an at sign, or was cut to a rounded number by a spreadsheet. -#}
{% macro clean_phone(text) -%}
    {%- set digits = lead_funnel.replace_all(text, "'[^0-9]'") -%}
    case
        when {{ text }} not like '%@%'
            and not {{ lead_funnel.matches(text, "'[0-9][.,][0-9]+[eE][+][0-9]+$'") }}
            and length({{ digits }}) >= 6
            and length(replace({{ digits }}, substr({{ digits }}, 1, 1), '')) > 0
            then {{ text }}
    end
{%- endmacro %}

{#- The domain of a web site, from an address of any of its pages; without www. -#}
{% macro clean_host(text) -%}
    {%- set pattern = '^(?:[a-z][a-z0-9+.-]*://|//)?(?:[^/?#@ ]*@)?(?:www[.])?([^/?#:@ .,;]+(?:[.][^/?#:@ .,;]+)+)[.]?(?:[:/?#].*)?$' -%}
    {{ lead_funnel.letters_of_host("nullif(regexp_extract(lower(" ~ text ~ "), '" ~ pattern ~ "', 1), '')", looks_first=false) }}
{%- endmacro %}
