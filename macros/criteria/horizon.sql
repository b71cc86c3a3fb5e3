{#- Whether one can tell by now what became of something: its horizon is over. -#}
{% macro is_mature(started_at, as_of, days=none) -%}
    {{ lead_funnel.add_days(started_at, var('label_horizon_days') if days is none else days) }}
    <= {{ as_of }}
{%- endmacro %}

{#- Whether a moment, such as that of a win, lies within the horizon of a start. What
    never came does not. -#}
{% macro is_in_horizon(moment, started_at, days=none) -%}
    coalesce(
        {{ moment }}
        <= {{ lead_funnel.add_days(started_at, var('label_horizon_days') if days is none else days) }},
        false
    )
{%- endmacro %}
