{#- What a first load brings comes without a pause, and within a week: where rows stream in,
    it does not last for ever. -#}
{% macro is_pause(hour_before, hour) -%}
    {{ hour }} > {{ lead_funnel.add_days(hour_before, 6 / 24) }}
{%- endmacro %}

{% macro is_past_first_load(first_hour, hour) -%}
    {{ hour }} >= {{ lead_funnel.add_days(first_hour, 7) }}
{%- endmacro %}

{#- Until when the backfill of the company lasts: the variable, else the first load.
    first_loaded_until  of stg_raw__load_bounds -#}
{% macro end_of_backfill(first_loaded_until) -%}
    {%- if var('backfilled_until') -%}
        {{ lead_funnel.to_utc("'" ~ var('backfilled_until') ~ "'") }}
    {%- else -%}
        coalesce({{ first_loaded_until }}, timestamp '1970-01-01 00:00:00')
    {%- endif -%}
{%- endmacro %}

{#- The arrival by which it is judged when something was known: what the first sync of a
    table brings that was connected later counts as if the backfill had brought it.
    arrived_at  when it really arrived
    syncs       alias of the row of stg_raw__first_syncs of its table, source and hour, if any -#}
{% macro counted_arrival(arrived_at, syncs) -%}
    coalesce({{ syncs }}.backfilled_until, {{ arrived_at }})
{%- endmacro %}

{#- The hour by which stg_raw__first_syncs is joined. -#}
{% macro arrival_hour(arrived_at) -%}
    cast(date_trunc('hour', {{ arrived_at }}) as timestamp)
{%- endmacro %}

{#- The first syncs of one raw table, to be joined by synced_source and synced_hour.
    relation  of stg_raw__first_syncs -#}
{% macro first_syncs_of(relation, raw_table) -%}
    (
        select
            source as synced_source,
            synced_hour,
            backfilled_until

        from {{ relation }}

        where raw_table = '{{ raw_table }}'
    )
{%- endmacro %}
