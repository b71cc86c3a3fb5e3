{#- The wall-clock time in a time zone at a moment (UTC), and back. The zone is an
    SQL expression: a column or a quoted name such as 'Europe/Berlin'. -#}
{% macro local_time(moment, zone) %}
    {{- return(adapter.dispatch('local_time', 'lead_funnel')(moment, zone)) -}}
{% endmacro %}

{% macro default__local_time(moment, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ moment }}))
{%- endmacro %}

{% macro spark__local_time(moment, zone) -%}
    from_utc_timestamp({{ moment }}, {{ zone }})
{%- endmacro %}

{% macro utc_time(local_moment, zone) %}
    {{- return(adapter.dispatch('utc_time', 'lead_funnel')(local_moment, zone)) -}}
{% endmacro %}

{% macro default__utc_time(local_moment, zone) -%}
    timezone('UTC', timezone({{ zone }}, {{ local_moment }}))
{%- endmacro %}

{% macro spark__utc_time(local_moment, zone) -%}
    to_utc_timestamp({{ local_moment }}, {{ zone }})
{%- endmacro %}

{#- The condition that a text names no time zone; none where the engine does not list them. -#}
{% macro is_unknown_time_zone(zone) %}
    {{- return(adapter.dispatch('is_unknown_time_zone', 'lead_funnel')(zone)) -}}
{% endmacro %}

{% macro default__is_unknown_time_zone(zone) %}
    {{- return(zone ~ ' not in (select name from pg_timezone_names())') -}}
{% endmacro %}

{% macro spark__is_unknown_time_zone(zone) %}
    {{- return(none) -}}
{% endmacro %}

{#- The wall-clock time in the zone that reports are told in. In UTC that is the moment itself: to
    convert millions of them to what they are takes a second. -#}
{% macro reporting_time(moment) -%}
    {%- set zone = var('reporting_time_zone') -%}
    {{ moment if zone == 'UTC' else lead_funnel.local_time(moment, "'" ~ zone ~ "'") }}
{%- endmacro %}
