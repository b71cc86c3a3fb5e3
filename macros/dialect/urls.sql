{#- A URL without its query and fragment. -#}
{% macro url_without_query(url) -%}
    split_part(split_part({{ url }}, '#', 1), '?', 1)
{%- endmacro %}

{#- The path of a URL in lower case, without scheme, host, query, fragment and
    trailing slash; '/' where nothing is left; null for null. -#}
{% macro url_path(url) -%}
    {{ lead_funnel.tidy_path(lead_funnel.untidy_path(url)) }}
{%- endmacro %}

{#- The two steps of url_path, for models that read very many addresses: with the
    first as a column of its own each address is parsed once, not three times. -#}
{% macro untidy_path(url) -%}
    lower(regexp_replace({{ lead_funnel.url_without_query(url) }}, '^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/]*', ''))
{%- endmacro %}

{% macro tidy_path(path) -%}
    case
        when {{ path }} like '/_%' and {{ path }} not like '%/' and {{ path }} not like '//%' then {{ path }}
        else '/' || regexp_replace(regexp_replace({{ path }}, '^/+', ''), '/+$', '')
    end
{%- endmacro %}

{#- The host of a URL in lower case, without user and port; null where the text
    has no scheme and so names no host. -#}
{% macro url_host(url) -%}
    nullif(lower(regexp_extract(
        {{ url }}, '^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/?#:]*)', 1
    )), '')
{%- endmacro %}
