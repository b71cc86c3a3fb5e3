{#- Whether service levels run in business hours, or round the clock. -#}
{% macro service_level_is_in_business_hours() %}
    {%- set unit = var('service_level_in') -%}
    {%- if execute and unit not in ['business_hours', 'hours'] -%}
        {{ exceptions.raise_compiler_error(
            'The variable service_level_in must be business_hours or hours.'
        ) }}
    {%- endif -%}
    {{ return(unit == 'business_hours') }}
{% endmacro %}

{#- The moment at which so many business seconds of a calendar are over, one row per key:
    that day's closing time where they end with it, never the next opening.
    moments  a relation with the key, team_id, country_code and business_seconds
    key      the name of its key
    days     the relation of business_days -#}
{% macro business_moments(moments, key, days) -%}
    select
        moment_key as {{ key }},
        {{ lead_funnel.add_seconds('last_opens_at', 'business_seconds - last_seconds_before') }}
            as ends_at

    from (
        select
            moment_key,
            business_seconds,
            max(opens_at) over until_then as last_opens_at,
            max(open_seconds_before) over until_then as last_seconds_before

        from (
            select
                {{ key }} as moment_key,
                team_id,
                country_code,
                business_seconds,
                0 as is_day,
                cast(null as timestamp) as opens_at,
                cast(null as double) as open_seconds_before

            from {{ moments }}

            union all

            select
                null as moment_key,
                team_id,
                country_code,
                open_seconds_before as business_seconds,
                1 as is_day,
                opens_at,
                open_seconds_before

            from {{ days }}

            where is_work_day
        ) as placed

        window until_then as (
            partition by team_id, country_code
            order by business_seconds, is_day, moment_key
            rows between unbounded preceding and current row
        )
    ) as found

    where moment_key is not null
{%- endmacro %}
