{#- Whether a text matches a regular expression somewhere. Patterns hold no backslash:
    engines read it differently within a literal. -#}
{% macro matches(text, pattern) %}
    {{- return(adapter.dispatch('matches', 'lead_funnel')(text, pattern)) -}}
{% endmacro %}

{% macro default__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro spark__matches(text, pattern) -%}
    regexp_like({{ text }}, {{ pattern }})
{%- endmacro %}

{#- A text with all matches of a regular expression replaced. -#}
{% macro replace_all(text, pattern, replacement="''") %}
    {{- return(adapter.dispatch('replace_all', 'lead_funnel')(text, pattern, replacement)) -}}
{% endmacro %}

{% macro default__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ pattern }}, {{ replacement }}, 'g')
{%- endmacro %}

{% macro spark__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ pattern }}, {{ replacement }})
{%- endmacro %}

{#- A text with what matches a regular expression put together anew of its groups.
    parts   numbers of groups, and texts between them -#}
{% macro rearranged(text, pattern, parts) %}
    {{- return(adapter.dispatch('rearranged', 'lead_funnel')(text, pattern, parts)) -}}
{% endmacro %}

{% macro default__rearranged(text, pattern, parts) -%}
    regexp_replace({{ text }}, {{ pattern }}, '
    {%- for part in parts %}{{ '\\' ~ part if part is number else part }}{% endfor -%}
    ')
{%- endmacro %}

{% macro spark__rearranged(text, pattern, parts) -%}
    regexp_replace({{ text }}, {{ pattern }}, '
    {%- for part in parts %}{{ '$' ~ part if part is number else part }}{% endfor -%}
    ')
{%- endmacro %}
