{#- Times are UTC timestamps without a zone. Text with an offset is converted, text
    without one, or that says UTC or GMT, is taken as UTC, and text with the name of a
    place (Europe/Berlin) as the time there. The letters of other zones mean several
    (IST, CST). What cannot be read, or lies outside 1970 to 2261, is null. -#}
{% macro to_utc(value) -%}
    case
        {# Nearly all times are written so, and to read them as such is quicker. #}
        when {{ lead_funnel.matches(value, "'^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?$'") }}
            then {{ lead_funnel.zoneless_to_utc(value) }}
        when right({{ value }}, 1) between '0' and '9'
            or {{ value }} like '%Z'
            or upper(right({{ value }}, 3)) in ('UTC', 'GMT')
            or {{ lead_funnel.matches(value, "' [A-Z][A-Za-z]+/[A-Z][A-Za-z_/]+$'") }}
            then {{ lead_funnel.year_first_to_utc(value) }}
    end
{%- endmacro %}

{#- The same of text that holds no names. -#}
{% macro year_first_to_utc(value) %}
    {{- return(adapter.dispatch('year_first_to_utc', 'lead_funnel')(value)) -}}
{% endmacro %}

{% macro default__year_first_to_utc(value) -%}
    {{ lead_funnel.believed_time(value, 'timestamptz', '+00') }}
{%- endmacro %}

{% macro spark__year_first_to_utc(value) -%}
    {{ lead_funnel.believed_time(value, 'timestamp') }}
{%- endmacro %}

{#- The same of text that names no zone and has no offset. -#}
{% macro zoneless_to_utc(value) %}
    {{- return(adapter.dispatch('zoneless_to_utc', 'lead_funnel')(value)) -}}
{% endmacro %}

{% macro default__zoneless_to_utc(value) -%}
    {{ lead_funnel.believed_time(value, 'timestamp') }}
{%- endmacro %}

{% macro spark__zoneless_to_utc(value) -%}
    {{ lead_funnel.year_first_to_utc(value) }}
{%- endmacro %}

{#- Text read as a type of time, as timestamp; null outside 1970 to 2261.
    offset  that the type's literals need to be in UTC -#}
{% macro believed_time(value, type, offset='') -%}
    case
        when try_cast({{ value }} as {{ type }})
            between {{ type }} '1970-01-01 00:00:00{{ offset }}'
            and {{ type }} '2261-12-31 00:00:00{{ offset }}'
            then cast(try_cast({{ value }} as {{ type }}) as timestamp)
    end
{%- endmacro %}

{#- Microseconds since 1970 as bigint. -#}
{% macro epoch_micros(moment) %}
    {{- return(adapter.dispatch('epoch_micros', 'lead_funnel')(moment)) -}}
{% endmacro %}

{% macro default__epoch_micros(moment) -%}
    epoch_us({{ moment }})
{%- endmacro %}

{% macro spark__epoch_micros(moment) -%}
    unix_micros({{ moment }})
{%- endmacro %}

{#- Seconds and days from one moment to another, as double. -#}
{% macro seconds_between(from_moment, to_moment) -%}
    (cast({{ lead_funnel.epoch_micros(to_moment) }} - {{ lead_funnel.epoch_micros(from_moment) }} as double) / 1000000)
{%- endmacro %}

{% macro days_between(from_moment, to_moment) -%}
    (cast({{ lead_funnel.epoch_micros(to_moment) }} - {{ lead_funnel.epoch_micros(from_moment) }} as double) / 86400000000)
{%- endmacro %}

{#- A moment so many days or seconds later (or earlier when negative). -#}
{% macro add_days(moment, days) -%}
    {{ lead_funnel.add_micros(moment, 'cast(round((' ~ days ~ ') * 86400000000) as bigint)') }}
{%- endmacro %}

{% macro add_seconds(moment, seconds) -%}
    {{ lead_funnel.add_micros(moment, 'cast(round((' ~ seconds ~ ') * 1000000) as bigint)') }}
{%- endmacro %}

{% macro add_micros(moment, micros) %}
    {{- return(adapter.dispatch('add_micros', 'lead_funnel')(moment, micros)) -}}
{% endmacro %}

{% macro default__add_micros(moment, micros) -%}
    ({{ moment }} + to_microseconds({{ micros }}))
{%- endmacro %}

{% macro spark__add_micros(moment, micros) -%}
    timestamp_micros(unix_micros({{ moment }}) + {{ micros }})
{%- endmacro %}

{#- Midnight of the Monday on or before a moment. -#}
{% macro week_start(moment) -%}
    cast(date_trunc('week', {{ moment }}) as timestamp)
{%- endmacro %}

{#- The first midnight at or after a moment. -#}
{% macro next_midnight(moment) -%}
    {{ lead_funnel.add_days(
        "cast(date_trunc('day', " ~ lead_funnel.add_micros(moment, -1) ~ ") as timestamp)", 1
    ) }}
{%- endmacro %}
