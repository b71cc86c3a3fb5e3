{#- All rows of a raw table, typed, kept by the parts of it that they came in: a run
    reads the parts that are new or differ, and rewrites their rows and the other
    versions of the same records. What was consumed is remembered on the rows.
    more        columns made of the typed ones, by name
    leave_out   typed columns that nothing reads further on
    record      key that all versions of a record share, where it is made of more than
                the key of the raw table
    members     columns of what one record may name several of, a row each: the rows that came
                with its latest version count, the latest of each member
    event_time  column of the time of what happens once: sent again with another time
                and nothing else, it happened at the earlier
    device_clock
                whether the time is that of a visitor's device: one that was never set
                says 1970, and the row then happened when it arrived
    Adds to the typed columns:
    record_key  key of the record; null where the row cannot be used
    row_key, reject_reason, raw_row
                of a row that cannot be used: its key, why, and the row as it came
    unreadable_values
                of a row that can be used: its values that could not be read, see typed_rows
    arrived_at  when the row arrived
    part, part_version
                what it came in, and how that was when it was read
    is_accepted whether this is the version that counts: the one that arrived last, of
                several of one load the one that was updated last, ties broken by
                content, so that order of arrival never decides
    loaded_at   earliest arrival of a version with the same content, so that
                loading a row again changes nothing
    first_loaded_at
                earliest arrival of any version
    first_occurred_at
                earliest time at which the event happened by its versions with the same
                content, only where event_time is given
    is_clock_unset
                whether the time is that of the arrival, only with device_clock
    version_count
                usable raw rows with this key
    member_number
                of the accepted rows of a record, only with members
    Only keys that occur twice are ranked: ranking every row costs five times more. -#}
{% macro base_rows(raw_table, more={}, leave_out=[], record=none, members=[], event_time=none, device_clock=false) %}
{%- set unread = lead_funnel.personal_columns()[raw_table].get('unread', []) -%}
{%- set typed = lead_funnel.raw_columns(raw_table) | reject('in', unread + leave_out) | list -%}
{%- set content = typed + more.keys() | list -%}
{%- set same_event = content | reject('equalto', event_time) | list -%}
{%- set kept = content + (['is_clock_unset'] if device_clock else []) + [
    'record_key', 'row_key', 'reject_reason', 'raw_row', 'unreadable_values', 'arrived_at',
    'part', 'part_version',
] -%}
{#- Nobody tracked visitors before that. -#}
{%- set first_clocks = "timestamp '2001-01-01 00:00:00'" -%}
{%- set clock_is_unset = 'found_rows.' ~ event_time ~ ' < ' ~ first_clocks -%}
{#- Rendered apart, because all of it that a first run and an increment share makes the
    rows, and so their version. -#}
{%- set arrived -%}
judged_rows as (

    select
        {%- for name in lead_funnel.raw_columns(raw_table) if name not in unread %}
        found_rows.{{ name }},
        {%- endfor %}
        found_rows.row_key,
        found_rows.raw_row,
        found_rows.unreadable_values,
        found_rows.part,
        found_rows.loaded_at,
        {# A closing date that lies ahead is no later arrival. #}
        case
            when {{ lead_funnel.is_planned_time(raw_table, 'found_rows.') }}
                then least(found_rows.loaded_at, coalesce(bounds.loaded_until, found_rows.loaded_at))
            else found_rows.loaded_at
        end as arrived_at,
        case
            when found_rows.reject_reason is not null then found_rows.reject_reason
            when
                found_rows.loaded_at > bounds.ahead_from
                and not ({{ lead_funnel.is_planned_time(raw_table, 'found_rows.') }})
                then 'loaded_in_the_future'
            {%- if device_clock %}
            when
                found_rows.{{ event_time }} < {{ first_clocks }}
                and found_rows.loaded_at < {{ first_clocks }}
                then 'device_clock_unset'
            {%- endif %}
        end as reject_reason

    from found_rows

    cross join {{ lead_funnel.load_bounds(raw_table) }} as bounds

),

arrived as (

    select
        {%- for name in typed %}
        {%- if device_clock and name == event_time %}
        case when {{ clock_is_unset }} then found_rows.loaded_at else found_rows.{{ name }} end as {{ name }},
        {%- else %}
        found_rows.{{ name }},
        {%- endif %}
        {%- endfor %}
        {%- if device_clock %}
        {{ clock_is_unset }} as is_clock_unset,
        {%- endif %}
        {%- for name, expression in more.items() %}
        {{ expression }} as {{ name }},
        {%- endfor %}
        case
            when found_rows.reject_reason is null
                then {{ record or lead_funnel.key(['found_rows.row_key']) }}
        end as record_key,
        case
            when found_rows.reject_reason is not null
                then found_rows.{{ lead_funnel.raw_tables()[raw_table]['key'][0] if members else 'row_key' }}
        end as row_key,
        found_rows.reject_reason,
        case
            when found_rows.reject_reason is not null
                then {{ lead_funnel.whole_row_as_json('found_rows.raw_row') }}
        end as raw_row,
        case when found_rows.reject_reason is null then found_rows.unreadable_values end
            as unreadable_values,
        found_rows.arrived_at,
        found_rows.part,
        changed_parts.part_version

    from judged_rows as found_rows

    inner join changed_parts
        on found_rows.part = changed_parts.part

),

{%- endset -%}
{%- set ranked -%}
repeated_records as (

    select record_key
    from candidates
    where record_key is not null
    group by record_key
    having count(*) > 1

),

versions as (

    select
        candidates.*,
        {%- if event_time %}
        md5({{ lead_funnel.expressions_as_json(dict(zip(same_event, same_event))) }}) as event_hash,
        {%- endif %}
        md5({{ lead_funnel.expressions_as_json(dict(zip(content, content))) }}) as content_hash

    from candidates

    inner join repeated_records
        on candidates.record_key = repeated_records.record_key

),

{# Versions that tie in arrival and content differ in nothing but their part. #}
ranked_versions as (

    select
        *,
        row_number() over (
            partition by record_key{% for name in members %}, {{ name }}{% endfor %}
            order by arrived_at desc, {{ 'updated_at desc nulls last, ' if 'updated_at' in typed }}content_hash, part
        ) = 1
        {%- if members %}
        {# Rows of one load bear times that differ by the time it took. #}
        and arrived_at >= {{ lead_funnel.add_days('max(arrived_at) over (partition by record_key)', -1 / 24) }}
        {%- endif %}
            as is_accepted,
        {%- if event_time %}
        min({{ event_time }}) over (partition by record_key, event_hash) as first_occurred_at,
        {%- endif %}
        min(arrived_at) over (
            partition by record_key, {{ 'event_hash' if event_time else 'content_hash' }}
        ) as loaded_at,
        min(arrived_at) over (partition by record_key) as first_loaded_at,
        count(*) over (partition by record_key) as version_count

    from versions

),

{%- if members %}
{# The first of several accepted rows stands for what is superseded. #}
counted_versions as (

    select
        *,
        row_number() over (
            partition by record_key, is_accepted
            order by {% for name in members %}coalesce({{ name }}, ''){{ ', ' if not loop.last }}{% endfor %}
        ) as member_number,
        sum(case when is_accepted then 1 else 0 end) over (partition by record_key) as member_count

    from ranked_versions

),
{%- endif %}

final as (

    select
        {%- for name in kept %}
        candidates.{{ name }},
        {%- endfor %}
        candidates.record_key is not null as is_accepted,
        {%- if event_time %}
        candidates.{{ event_time }} as first_occurred_at,
        {%- endif %}
        candidates.arrived_at as loaded_at,
        candidates.arrived_at as first_loaded_at,
        cast(1 as bigint) as version_count
        {%- if members %},
        cast(1 as int) as member_number
        {%- endif %}

    from candidates

    where
        candidates.record_key is null
        or not exists (
            select 1
            from repeated_records
            where repeated_records.record_key = candidates.record_key
        )

    union all

    select
        {%- for name in kept %}
        {{ name }},
        {%- endfor %}
        is_accepted,
        {%- if event_time %}
        first_occurred_at,
        {%- endif %}
        loaded_at,
        first_loaded_at,
        {%- if members %}
        cast(
            case when member_number = 1 then version_count - member_count + 1 else 1 end as bigint
        ) as version_count,
        cast(member_number as int) as member_number

    from counted_versions
        {%- else %}
        version_count

    from ranked_versions
        {%- endif %}

)
{%- endset -%}
{%- set rows = lead_funnel.changed_rows(raw_table) -%}
with

{{ lead_funnel.changed_parts({raw_table: rows}, made_by=arrived ~ ranked) }},

found_rows as (

    {{ lead_funnel.remembered_rows(raw_table, rows) }}

),

{{ arrived }}

{% if lead_funnel.has_stored_rows() %}
touched_records as (

    select record_key
    from arrived
    where record_key is not null

    union distinct

    {# Distinct, so that DuckDB expects few parts: else it would hash all stored rows. #}
    select stored.record_key

    from {{ lead_funnel.stored_rows() }} as stored

    inner join (select distinct part from changed_parts) as changed
        on stored.part = changed.part

    where stored.record_key is not null

),

{% endif %}
candidates as (

    select {{ kept | join(', ') }}
    from arrived

    {% if lead_funnel.has_stored_rows() %}
    union all

    select {{ kept | join(', ') }}
    from {{ lead_funnel.stored_rows() }}
    where
        record_key in (select record_key from touched_records)
        and part not in (select part from changed_parts)
    {% endif %}

),

{{ ranked }}

{{ lead_funnel.rebuilt_rows('final', 'part', 'changed_parts') }}
{% endmacro %}

{#- The distinct usable values of an expression over the typed columns in each part
    of some raw tables.
    value   name of the value
    column  whose values are cut to distinct ones first
    given   of what it is cut to, where that is not the column
    made    the value, made of given_value -#}
{% macro distinct_in_parts(raw_tables, value, column, given=none, made='given_value') %}
{%- set rows_of = {} -%}
{%- for raw_table in raw_tables %}{% do rows_of.update({raw_table: lead_funnel.changed_rows(raw_table, [column])}) %}{% endfor -%}
{%- set made_rows -%}
given as (

    {% for raw_table in raw_tables %}
    select
        part,
        {{ given or column }} as given_value

    from {{ raw_table }}_rows

    where reject_reason is null

    group by 1, 2

    {# No condition on the rows: DuckDB writes that as one on all that the value is made of,
       once for each file, and plans for a minute where somebody asked to be forgotten. #}
    having count({{ given or column }}) > 0

    {% if not loop.last %}union distinct{% endif %}

    {% endfor %}

),

final as (

    select distinct
        {{ made }} as {{ value }},
        changed_parts.part,
        changed_parts.part_version

    from given

    inner join changed_parts
        on given.part = changed_parts.part

)

{%- endset -%}
with

{{ lead_funnel.changed_parts(rows_of, made_by=made_rows, is_bounded=false) }},

{% for raw_table, rows in rows_of.items() %}
{{ raw_table }}_rows as (

    {{ lead_funnel.remembered_rows(raw_table, rows, columns=[column]) }}

),

{% endfor %}
{{ made_rows }}

{{ lead_funnel.rebuilt_rows('final', 'part', 'changed_parts') }}
{% endmacro %}
