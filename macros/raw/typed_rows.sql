{#- All rows of a raw table, read with care: each column typed by its kind, plus
    row_key        the key as text, null where it is missing
    loaded_at      when the row arrived; the row's own time where that is not given
    reject_reason  why the row cannot be used, null where it can (first that holds)
    raw_row        the row as it came, as JSON; its loaded_at only if unreadable
    part           what the row came in
    Nothing is filtered but rows that arrived after the variable as_of, and not
    even those where until_as_of is false; where only_parts names a relation, only
    the parts in it are read. -#}
{% macro typed_rows(raw_table, until_as_of=true, only_parts=none) %}
{%- set kinds = dict(lead_funnel.raw_columns(raw_table), loaded_at='time') -%}
{%- set checked = ['time', 'date', 'integer', 'number', 'boolean'] -%}
{%- set present = lead_funnel.present_raw_columns(raw_table) -%}
{%- set contract = lead_funnel.raw_tables()[raw_table] -%}
{%- set own_times = contract['own_times'] | list -%}
{%- for name, flags in contract.get('own_times_if', {}).items() -%}
    {%- do own_times.append('case when ' ~ flags | join(' or ') ~ ' then ' ~ name ~ ' end') -%}
{%- endfor -%}
{%- set raw_values = {} -%}
{%- set own_columns = present | reject('in', ['source_file', 'source_version', 'row_fault']) | list -%}
{%- for name in own_columns %}{% do raw_values.update({name: 'raw_' ~ name}) %}{% endfor -%}
{%- do raw_values.update({'loaded_at': 'case when has_loaded_at and dated.loaded_at is null then cast(raw_loaded_at as string) end'}) if 'loaded_at' in present -%}
with

raw_rows as (

    select
        *,
        {{ lead_funnel.raw_part(raw_table, present) }} as part

    from {{ source('raw', raw_table) }}

    {% if only_parts %}
    where {{ lead_funnel.raw_part(raw_table, present) }} in (select part from {{ only_parts }})
    {% endif %}

),

given as (

    select
        {%- for name in kinds %}
        {{ lead_funnel.raw_value('raw_rows.' ~ name, present.get(name)) }} as {{ name }},
        {%- endfor %}
        {%- for name in own_columns %}
        raw_rows.{{ name }} as raw_{{ name }},
        {%- endfor %}
        {{ 'raw_rows.surplus_value' if 'surplus_value' in present else 'cast(null as string)' }} as surplus_value,
        {{ 'raw_rows.row_fault' if 'row_fault' in present else 'cast(null as string)' }} as row_fault,
        raw_rows.part

    from raw_rows

),

typed as (

    select
        {%- for name, kind in kinds.items() %}
        {{ lead_funnel.typed_value('given.' ~ name, kind, present.get(name)) }} as {{ name }},
        {%- if kind in checked %}
        given.{{ name }} is not null as has_{{ name }},
        {%- endif %}
        {%- endfor %}
        {%- for name in own_columns %}
        given.raw_{{ name }},
        {%- endfor %}
        given.surplus_value,
        given.row_fault,
        given.part

    from given

),

dated as (

    select
        *,
        {{ lead_funnel._latest(own_times) }} as own_time

    from typed

),

{# The JSON is made last, so that who asks for rejected rows pays for no others. #}
judged as (

    select
        {%- for name in kinds if name != 'loaded_at' %}
        {{ name }},
        {%- endfor %}
        {% for name in contract['key'] %}cast({{ name }} as string){{ " || '|' || " if not loop.last }}{% endfor %} as row_key,
        part,
        coalesce(loaded_at, own_time, timestamp '1970-01-01 00:00:00') as loaded_at,
        case
            when row_fault is not null
                then row_fault
            when {{ contract['key'][0] }} is null
                then 'missing_key'
            when surplus_value is not null
                then 'overlong_row'
            {%- for name in contract['required'] %}
            when {{ name }} is null
                then 'unreadable_time'
            {%- endfor %}
            {%- for name, kind in kinds.items() if kind in ['time', 'date'] and name not in contract['required'] %}
            when has_{{ name }} and {{ name }} is null
                then 'unreadable_time'
            {%- endfor %}
            when own_time > {{ lead_funnel.add_days('loaded_at', 1) }}
                then 'time_after_load'
            {%- for name, values in contract.get('values', {}).items() %}
            when coalesce({{ name }}, '{{ values[0] if name in contract.get('optional', []) }}') not in ('{{ values | join("', '") }}')
                then 'unknown_{{ name }}'
            {%- endfor %}
            {%- for name, kind in kinds.items() if kind in ['integer', 'number', 'boolean'] %}
            when has_{{ name }} and {{ name }} is null
                then 'wrong_type_{{ name }}'
            {%- endfor %}
        end as reject_reason,
        {{ lead_funnel.expressions_as_json(raw_values) }} as raw_row

    from dated

)

select * from judged
{%- if var('as_of') and until_as_of %}
where loaded_at <= {{ lead_funnel.to_utc("'" ~ var('as_of') ~ "'") }}
{%- endif %}
{% endmacro %}

{#- How many rows of a raw table there are to read, counted in the source itself
    and by nothing that typed_rows does but the clock. -#}
{% macro count_raw_rows(raw_table) %}
{%- set present = lead_funnel.present_raw_columns(raw_table) -%}
select count(*) as rows_read
from {{ source('raw', raw_table) }}
{%- if var('as_of') %}
{%- set own_times = [] -%}
{%- for name in lead_funnel.raw_tables()[raw_table]['own_times'] if name in present -%}
    {%- do own_times.append(lead_funnel.raw_time(name, present[name])) -%}
{%- endfor %}
{%- for name, flags in lead_funnel.raw_tables()[raw_table].get('own_times_if', {}).items() if name in present -%}
    {%- set conditions = [] -%}
    {%- for flag in flags if flag in present -%}
        {%- do conditions.append(lead_funnel.typed_value(lead_funnel.raw_value(flag, present[flag]), 'boolean')) -%}
    {%- endfor -%}
    {%- if conditions -%}
        {%- do own_times.append('case when ' ~ conditions | join(' or ') ~ ' then ' ~ lead_funnel.raw_time(name, present[name]) ~ ' end') -%}
    {%- endif -%}
{%- endfor %}
where coalesce(
    {{ lead_funnel.raw_time('loaded_at', present['loaded_at']) if 'loaded_at' in present else 'cast(null as timestamp)' }},
    {{ lead_funnel._latest(own_times) }},
    timestamp '1970-01-01 00:00:00'
) <= {{ lead_funnel.to_utc("'" ~ var('as_of') ~ "'") }}
{%- endif %}
{% endmacro %}

{#- The columns that a raw table really has, by name 'time' for real times and
    'text' for the rest: a loader may leave columns out, and reading a time from
    text costs more than taking it as it is. Before the table exists: all, as text. -#}
{% macro present_raw_columns(raw_table) %}
    {% set wanted = lead_funnel.raw_columns(raw_table).keys() | list + ['loaded_at', 'surplus_value', 'row_fault', 'source_file', 'source_version'] %}
    {% set present = {} %}
    {% for column in adapter.get_columns_in_relation(source('raw', raw_table)) if execute %}
        {% if column.name | lower in wanted %}
            {% do present.update({column.name | lower: 'time' if column.data_type | upper in ['TIMESTAMP', 'TIMESTAMP_NTZ', 'DATE'] else 'text'}) %}
        {% endif %}
    {% endfor %}
    {% if not present %}
        {% for name in wanted if name not in ['surplus_value', 'row_fault', 'source_file', 'source_version'] %}
            {% do present.update({name: 'text'}) %}
        {% endfor %}
    {% endif %}
    {{ return(present) }}
{% endmacro %}

{#- A raw column as trimmed text, empty being null; real times as they are. -#}
{% macro raw_value(expression, storage) -%}
    {%- if storage == 'time' -%}
        cast({{ expression }} as timestamp)
    {%- elif storage == 'text' -%}
        nullif(trim(cast({{ expression }} as string)), '')
    {%- else -%}
        cast(null as string)
    {%- endif -%}
{%- endmacro %}

{% macro raw_time(expression, storage) -%}
    {{ lead_funnel.typed_value(lead_funnel.raw_value(expression, storage), 'time', storage) }}
{%- endmacro %}

{#- A given value by its kind; null where it cannot be read as that. -#}
{% macro typed_value(expression, kind, storage='text') -%}
    {%- if kind == 'date' -%}
        cast({{ lead_funnel.typed_value(expression, 'time', storage) }} as date)
    {%- elif kind == 'time' and storage == 'time' -%}
        case
            when {{ expression }}
                between timestamp '1970-01-01 00:00:00' and timestamp '2261-12-31 00:00:00'
                then {{ expression }}
        end
    {%- elif kind == 'time' -%}
        {{ lead_funnel.to_utc(expression) }}
    {%- elif kind == 'lower' -%}
        lower({{ expression }})
    {%- elif kind == 'upper' -%}
        upper({{ expression }})
    {%- elif kind == 'email' -%}
        case
            when {{ expression }} like '%_@_%._%'
                and {{ expression }} not like '%@%@%'
                and {{ expression }} not like '% %'
                then lower({{ expression }})
        end
    {%- elif kind == 'integer' -%}
        case
            when floor(try_cast({{ expression }} as double)) = try_cast({{ expression }} as double)
                then try_cast(floor(try_cast({{ expression }} as double)) as int)
        end
    {%- elif kind == 'number' -%}
        case
            when abs(try_cast({{ expression }} as double)) < cast(1e300 as double)
                then try_cast({{ expression }} as double)
        end
    {%- elif kind == 'boolean' -%}
        case
            when lower({{ expression }}) in ('true', 't', '1', '1.0', 'yes', 'y') then true
            when lower({{ expression }}) in ('false', 'f', '0', '0.0', 'no', 'n') then false
        end
    {%- else -%}
        {{ expression }}
    {%- endif -%}
{%- endmacro %}

{#- The latest of some moments, nulls apart. -#}
{% macro _latest(moments) -%}
    {%- if moments | length > 1 -%}
        greatest({{ moments | join(', ') }})
    {%- elif moments -%}
        cast({{ moments[0] }} as timestamp)
    {%- else -%}
        cast(null as timestamp)
    {%- endif -%}
{%- endmacro %}
