{#- The path of a URL in lower case, without scheme, host, query, fragment and
    trailing slash; '/' where nothing is left; null for null. -#}
{% macro url_path(url) %}
    {{- return(adapter.dispatch('url_path', 'lead_funnel')(url)) -}}
{% endmacro %}

{% macro default__url_path(url) -%}
    '/' || ltrim(rtrim(lower(regexp_extract(
        {{ url }}, '^(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*)?([^?#]*)', 1
    )), '/'), '/')
{%- endmacro %}

{% macro spark__url_path(url) -%}
    '/' || trim(both '/' from lower(regexp_extract(
        {{ url }}, '^(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*)?([^?#]*)', 1
    )))
{%- endmacro %}

{#- The host of a URL in lower case, without user and port; null where the text
    has no scheme and so names no host. -#}
{% macro url_host(url) %}
    {{- return(adapter.dispatch('url_host', 'lead_funnel')(url)) -}}
{% endmacro %}

{% macro default__url_host(url) -%}
    nullif(lower(regexp_extract(
        {{ url }}, '^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/?#:]*)', 1
    )), '')
{%- endmacro %}
