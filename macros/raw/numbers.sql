{#- Numbers as people and spreadsheets write them, and yes and no. What could be two
    numbers is none. -#}

{#- A number with a currency around it or marks between its digits, without them. A
    comma before three digits parts thousands, before one or two a fraction; a point
    before three digits beside a currency could be either. -#}
{% macro plain_number(text) -%}
    {%- set currency = "[$\u20ac\u00a3\u00a5]|[A-Za-z]{2,3}[$]?|[A-Z]{1,2}[$]" -%}
    {%- set marks = "translate(" ~ text ~ ", '\u00a0\u202f\u2009\u2019' || chr(39), '     ')" -%}
    {%- set digits = lead_funnel.replace_all(text, "'[^0-9.,]'") -%}
    case
        when try_cast({{ text }} as double) is not null then {{ text }}
        when {{ lead_funnel.matches(
            marks,
            "'^[(-]? ?(?:" ~ currency ~ ")? ?-?([0-9]{1,3}( [0-9]{3})+([.,][0-9]+)?|[0-9][0-9.,]*) ?(?:" ~ currency ~ ")?[)]?$'"
        ) }}
            then case when {{ lead_funnel.matches(text, "'^[^0-9]*[(-]'") }} then '-' else '' end || case
                when {{ lead_funnel.matches(digits, "'^[1-9][0-9]{0,2}(,[0-9]{3})+([.][0-9]+)?$'") }}
                    then replace({{ digits }}, ',', '')
                when {{ lead_funnel.matches(digits, "'^[0-9]{1,3}([.][0-9]{3})+,[0-9]+$|^[0-9]{1,3}([.][0-9]{3}){2,}$|^[0-9]+,[0-9]{1,2}$|^0,[0-9]+$'") }}
                    then replace(replace({{ digits }}, '.', ''), ',', '.')
                when {{ lead_funnel.matches(digits, "'^[0-9]+([.][0-9]{1,2})?$|^[0-9]{4,}[.][0-9]+$'") }}
                    then {{ digits }}
            end
    end
{%- endmacro %}

{#- A whole number. A point before three digits parts thousands, unless all are zeros,
    which could be a fraction of none. Of a size like `51-200` or `500+` the lower end:
    no more than that is known. -#}
{% macro plain_integer(text) -%}
    {%- set least = "regexp_extract(lower(" ~ text ~ "), '^(?:>=?|over|more than|from|ab|\u00fcber|mehr als|ca[.]?|about|approx[.]?|~)? ?([0-9]+(?:[., \u00a0\u202f\u2019][0-9]{3})*)"
        ~ "(?: ?(?:-|\u2010|\u2011|\u2012|\u2013|\u2014|to|bis|\u00e0) ?[0-9]+(?:[., ][0-9]{3})*| ?[+]| or more| and more| und mehr)?"
        ~ "(?: (?:employees|people|staff|mitarbeiter|mitarbeitende|besch\u00e4ftigte|salari\u00e9s|empleados|medewerkers))?$', 1)" -%}
    case
        when {{ text }} like '%.000' then null
        when try_cast({{ text }} as double) is not null and not {{ lead_funnel.matches(text, "'^[0-9]{1,3}[.][0-9]{3}$'") }}
            then {{ text }}
        else {{ lead_funnel.replace_all(least, "'[^0-9]'") }}
    end
{%- endmacro %}

{% macro read_boolean(text, flag_words) -%}
    {%- set true_words = [
        'true', 't', '1', '1.0', 'yes', 'y', 'on', 'x', 'checked', 'ja', 'j', 'wahr', 'oui', 'vrai', 'si', 's\u00ed', 's\u00ec',
        'verdadero', 'vero', 'sim', 'verdadeiro', 'waar', 'tak', 'prawda', 'ano', 'pravda', 'igen', 'da', 'evet', 'kyll\u00e4',
        '\u0434\u0430', '\u662f', '\u306f\u3044', '\uc608', '\u2713', '\u2714', '\u2611',
    ] -%}
    {%- set false_words = [
        'false', 'f', '0', '0.0', 'no', 'n', 'off', 'unchecked', 'nein', 'falsch', 'non', 'faux', 'falso', 'n\u00e3o', 'nao', 'nee',
        'onwaar', 'nie', 'fa\u0142sz', 'ne', 'nepravda', 'nem', 'nu', 'nej', 'nei', 'hay\u0131r', 'hayir', 'ei',
        '\u043d\u0435\u0442', '\u5426', '\u3044\u3044\u3048', '\uc544\ub2c8\uc694', '\u2717', '\u2718', '\u2610',
    ] -%}
    case
        when {{ lead_funnel.is_one_of('lower(' ~ text ~ ')', true_words) }} then true
        when {{ lead_funnel.is_one_of('lower(' ~ text ~ ')', false_words) }} then false
        {%- for value, words in flag_words.items() if words %}
        when {{ lead_funnel.is_one_of(lead_funnel._squeezed(text), words) }} then {{ value }}
        {%- endfor %}
    end
{%- endmacro %}
