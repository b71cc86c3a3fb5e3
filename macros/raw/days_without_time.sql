{#- People and CRMs give days where times are meant: a time at midnight, to the
    microsecond, stands for its whole day in the zone that reports are told in. -#}
{% macro is_day_without_time(moment) -%}
    {{ moment }} = cast(date_trunc('day', {{ moment }}) as timestamp)
{%- endmacro %}

{#- The last moment of a day given as its midnight. -#}
{% macro end_of_day(midnight) -%}
    {{ lead_funnel.add_micros(
        lead_funnel.utc_time(
            lead_funnel.add_days(midnight, 1), "'" ~ var('reporting_time_zone') ~ "'"
        ),
        -1
    ) }}
{%- endmacro %}

{#- When something happened at the latest: a day without a time counts from its end, or
    from the row's arrival, so that it comes after whatever has a time of that day. -#}
{% macro latest_time(moment, loaded_at) -%}
    case
        when {{ lead_funnel.is_day_without_time(moment) }}
            then least({{ lead_funnel.end_of_day(moment) }}, greatest({{ loaded_at }}, {{ moment }}))
        else {{ moment }}
    end
{%- endmacro %}
