{{ config(materialized='table') }}

{# A table, or a tool, that is connected after the first load brings its history along:
   rows that are old when they arrive. One row per hour in which it did: what came in it counts
   as known when it happened. An hour is judged by itself and by what came before it, so that
   later loads move nothing. #}
{# Somebody tried the connection with a few rows before: what brings ten times as many
   as there were is a sync as well. #}
{% set times_the_rows_before = 10 %}
{# Its rows have no times of their own, so that all of them look old. #}
{% set timeless = 'crm_opportunity_contacts' %}
{% set synced_tables = dated_raw_tables() + [timeless] %}

with

bounds as (

    select
        {{ end_of_backfill('max(first_loaded_until)') }} as backfilled_until,
        max(ahead_from) as ahead_from

    from {{ ref('stg_raw__load_bounds') }}

),

loaded as (

    select
        raw_table,
        source,
        loaded_hour,
        min(first_loaded_at) as first_loaded_at,
        sum(row_count) as row_count,
        sum(old_count) as old_count

    from {{ ref('base_raw__loads') }}

    where
        raw_table in ({{ literals(synced_tables) }})
        and not is_planned
        and loaded_hour >= timestamp '2001-01-01 00:00:00'

    group by raw_table, source, loaded_hour

),

{# Where nothing is old when it arrives, the rows may not even say when they did. #}
synced_sources as (

    select
        raw_table,
        source

    from loaded

    group by raw_table, source

    having sum(old_count) > 0

),

{# CRM records count once, in the hour in which each first came: of tables that are updated in
   place, that is another than the one that their rows bear now. Updates do not make a record
   younger. #}
known_records as (

    {% for table, key in crm_record_keys().items() %}
    select
        '{{ table }}' as raw_table,
        coalesce(records.source, '') as source,
        known.first_loaded_at,
        coalesce(
            least(records.created_at, known.first_dated_at)
            < {{ add_days('known.first_loaded_at', -7) }}
            and known.first_dated_at != known.first_loaded_at,
            false
        ) as is_old

    from {{ ref('base_raw__' ~ table) }} as records

    inner join {{ ref('first_knowledge') }} as known
        on {{ fact_key("'" ~ table ~ "'", 'records.' ~ key, "'record'", "''") }} = known.fact_key

    where records.is_accepted

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

hours as (

    select
        raw_table,
        source,
        loaded_hour,
        first_loaded_at,
        row_count,
        old_count

    from loaded

    where raw_table not in ({{ literals(crm_record_keys().keys() | list) }})

    union all

    select
        known_records.raw_table,
        known_records.source,
        cast(date_trunc('hour', known_records.first_loaded_at) as timestamp) as loaded_hour,
        min(known_records.first_loaded_at) as first_loaded_at,
        count(*) as row_count,
        sum(case when known_records.is_old then 1 else 0 end) as old_count

    from known_records

    inner join synced_sources
        on
            known_records.raw_table = synced_sources.raw_table
            and known_records.source = synced_sources.source

    group by 1, 2, 3

),

pauses as (

    select
        *,
        case
            when {{ is_pause(
                'lag(loaded_hour) over (partition by raw_table, source order by loaded_hour)',
                'loaded_hour'
            ) }} then 1
            else 0
        end as ends_pause,
        sum(row_count) over (
            partition by raw_table, source
            order by loaded_hour
        ) as rows_so_far

    from hours

),

numbered as (

    select
        *,
        sum(ends_pause) over (partition by raw_table, source order by loaded_hour) as stretch

    from pauses

),

stretches as (

    select
        raw_table,
        source,
        loaded_hour,
        row_count,
        old_count,
        sum(old_count) over (
            partition by raw_table, source, stretch
            order by loaded_hour
        ) as old_so_far,
        min(loaded_hour) over (partition by raw_table, source, stretch) as first_hour,
        min(first_loaded_at) over (partition by raw_table, source, stretch) as first_loaded_at,
        min(rows_so_far - row_count) over (partition by raw_table, source, stretch)
            as rows_before

    from numbered

),

final as (

    select
        stretches.raw_table,
        stretches.source,
        stretches.loaded_hour as synced_hour,
        bounds.backfilled_until

    from stretches

    cross join bounds

    where
        stretches.first_loaded_at > bounds.backfilled_until
        and stretches.loaded_hour <= bounds.ahead_from
        and not {{ is_past_first_load('stretches.first_hour', 'stretches.loaded_hour') }}
        and stretches.old_count * 2 >= stretches.row_count
        and stretches.old_so_far > stretches.rows_before * {{ times_the_rows_before }}
        and (stretches.raw_table != '{{ timeless }}' or stretches.rows_before = 0)

)

select * from final
