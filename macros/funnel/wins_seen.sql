{#- Whether a win of a cycle could be seen from a moment on: where it could not, a cycle that was not
    won is none that was lost, and is in no rate of wins.
    moment         of the cycle, such as its start
    observability  the row of lead_observability in scope -#}
{% macro is_win_seen(moment, observability) -%}
    coalesce({{ moment }} >= {{ observability }}.wins_observable_from, false)
{%- endmacro %}
