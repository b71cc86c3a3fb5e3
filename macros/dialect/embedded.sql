{#- Whether the warehouse is a file that this process has opened (DuckDB): its hooks read other files of
    this machine, and it can be copied, or opened in place of another. -#}
{% macro is_embedded() %}
    {{- return(adapter.dispatch('is_embedded', 'lead_funnel')()) -}}
{% endmacro %}

{% macro default__is_embedded() %}
    {{- return(false) -}}
{% endmacro %}

{% macro duckdb__is_embedded() %}
    {{- return(true) -}}
{% endmacro %}
