{#- One row for each word of a text, in a select list. What addresses and ids do not
    hold parts words; text may be JSON, with its line ends escaped. -#}
{% macro words(text) %}
    {{- return(adapter.dispatch('words', 'lead_funnel')(lead_funnel._spaced(text))) -}}
{% endmacro %}

{% macro default__words(spaced_text) -%}
    unnest(string_split({{ spaced_text }}, ' '))
{%- endmacro %}

{% macro spark__words(spaced_text) -%}
    explode(split({{ spaced_text }}, ' '))
{%- endmacro %}

{% macro _spaced(text) -%}
    translate(
        replace(replace(replace({{ text }}, chr(92) || 'n', ' '), chr(92) || 'r', ' '), chr(92) || 't', ' '),
        '"<>,;{}()[]=&?/|' || chr(9) || chr(10) || chr(13) || chr(92),
        '                    '
    )
{%- endmacro %}
