{#- The hours in which sales works, from the variables; a mistake in them stops the
    run and says what to write. -#}
{% macro business_hours() %}
    {%- set days = var('business_days') -%}
    {%- set opens = var('business_opens_hour') -%}
    {%- set closes = var('business_closes_hour') -%}
    {%- if execute and not (days and days | select('in', [1, 2, 3, 4, 5, 6, 7]) | list | length == days | length) -%}
        {{ exceptions.raise_compiler_error(
            'The variable business_days must list week days from 1 (Monday) to 7 (Sunday), such as [1, 2, 3, 4, 5].'
        ) }}
    {%- endif -%}
    {%- if execute and not (0 <= opens < closes <= 24) -%}
        {{ exceptions.raise_compiler_error(
            'The variables business_opens_hour and business_closes_hour must be hours from 0 to 24, the first before the second.'
        ) }}
    {%- endif -%}
    {{ return({'days': days, 'opens': opens, 'closes': closes}) }}
{% endmacro %}

{#- Business seconds from the beginning of a calendar to a moment. `day` is the
    alias of the moment's day in business_days; the difference of two such
    numbers of one calendar is the business time between the moments. -#}
{% macro business_seconds_until(moment, day) -%}
    ({{ day }}.open_seconds_before + case
        when not {{ day }}.is_work_day or {{ moment }} <= {{ day }}.opens_at
            then cast(0 as double)
        when {{ moment }} >= {{ day }}.closes_at then {{ day }}.open_seconds
        else {{ lead_funnel.seconds_between(day ~ '.opens_at', moment) }}
    end)
{%- endmacro %}
