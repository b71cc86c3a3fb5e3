{#- The rows of typed_rows, made of the raw table. -#}
{% macro read_rows(raw_table, until_as_of=true, only_parts=none, columns=none, as_it_came=true) %}
{%- set contract = lead_funnel.raw_tables()[raw_table] -%}
{%- set read = none if columns is none else columns + lead_funnel._judging_columns(contract) -%}
{%- set kinds = {} -%}
{%- for name, kind in dict(lead_funnel.raw_columns(raw_table), loaded_at='time').items() if read is none or name in read -%}
    {%- do kinds.update({name: kind}) -%}
{%- endfor -%}
{%- set tells_unread = as_it_came and columns is none -%}
{%- set checked = lead_funnel.checked_columns(raw_table) if tells_unread else contract.get('fallbacks', {}).keys() | list + ['loaded_at'] -%}
{%- set present = lead_funnel.present_raw_columns(raw_table) -%}
{%- set text_times = lead_funnel._text_times(raw_table, present) -%}
{%- set fallbacks = contract.get('fallbacks', {}) -%}
{%- set date_orders = ref('date_orders') -%}
{%- set countries = ref('countries') -%}
{%- set country = lead_funnel.country_column(raw_table) -%}
{%- set own_columns = present | reject('in', ['source_file', 'source_version', 'row_fault']) | list -%}
{%- if not as_it_came %}{% set own_columns = text_times | select('in', contract['required']) | list %}{% endif -%}
{#- What the steps hand on as it is. -#}
{%- set passed_on = [] -%}
{%- for name in own_columns %}{% do passed_on.append('raw_' ~ name) %}{% endfor -%}
{%- for name in text_times %}{% do passed_on.append(name ~ '_order') %}{% endfor -%}
{%- set raw_values = {} -%}
{%- for name in own_columns %}{% do raw_values.update({name: 'raw_' ~ name}) %}{% endfor -%}
{%- do raw_values.update({'loaded_at': 'case when has_loaded_at and dated.loaded_at is null then cast(raw_loaded_at as string) end'}) if 'loaded_at' in present -%}
with

raw_rows as (

    select
        *,
        {{ lead_funnel.raw_part(raw_table, present) }} as part

    from {{ lead_funnel.raw_relation(raw_table) }}

    {% if only_parts %}
    where {{ lead_funnel.is_in_parts(raw_table, present, only_parts) }}
    {% endif %}

),

tidy as (

    select
        {%- for name in kinds if name in present %}
        {{ lead_funnel.raw_value('raw_rows.' ~ name, present[name]) }} as {{ name }},
        {%- endfor %}
        {%- for name in own_columns %}
        raw_rows.{{ name }} as raw_{{ name }},
        {%- endfor %}
        {%- for name in text_times %}
        date_orders.{{ name }}_order,
        {%- endfor %}
        {{ 'raw_rows.surplus_value' if 'surplus_value' in present else 'cast(null as string)' }} as surplus_value,
        {{ 'raw_rows.row_fault' if 'row_fault' in present else 'cast(null as string)' }} as row_fault,
        raw_rows.part

    from raw_rows

    {% if text_times %}
    left join ({{ lead_funnel.date_orders_by_part(date_orders, raw_table, text_times) }}) as date_orders
        on raw_rows.part = date_orders.part
    {% endif %}

),

given as (

    select
        {%- for name, kind in kinds.items() if name in present %}
        {{ lead_funnel.given_value(name, kind) if present[name] == 'text' else name }} as {{ name }},
        {%- endfor %}
        {%- for name in passed_on %}
        {{ name }},
        {%- endfor %}
        surplus_value,
        row_fault,
        part

    from tidy

),

spelled as (

    select
        {%- for name, kind in kinds.items() if name in present %}
        {{ lead_funnel.spelled_value(name, kind, name ~ '_order') if present[name] == 'text' else name }} as {{ name }},
        {%- if name in checked %}
        {{ name }} is not null as has_{{ name }},
        {%- endif %}
        {%- endfor %}
        {%- for name in passed_on %}
        {{ name }},
        {%- endfor %}
        surplus_value,
        row_fault,
        part

    from given

),

typed as (

    select
        {%- for name, kind in kinds.items() %}
        {%- if kind == 'country' and name in present %}
        {{ lead_funnel.country_of('spelled.' ~ name, 'countries') }} as {{ name }},
        {%- else %}
        {%- set value = lead_funnel.typed_value(
            'spelled.' ~ name,
            kind,
            present.get(name),
            words=contract.get('words', {}).get(name),
            flag_words=contract.get('flag_words', {}).get(name),
        ) %}
        {{ lead_funnel.id_of_source(value, name, contract, present, 'spelled') }} as {{ name }},
        {%- endif %}
        {%- if name in checked %}
        {{ 'spelled.has_' ~ name if name in present else 'false' }} as has_{{ name }},
        {%- endif %}
        {%- endfor %}
        {%- for name in passed_on %}
        spelled.{{ name }},
        {%- endfor %}
        spelled.surplus_value,
        spelled.row_fault,
        spelled.part

    from spelled

    {% if country in present and country in kinds %}
    left join ({{ lead_funnel.countries_by_name(countries) }}) as countries
        on {{ lead_funnel.country_name('spelled.' ~ country) }} = countries.country_name
    {% endif %}

),

dated as (

    select
        *,
        {{ lead_funnel._latest(lead_funnel._own_times(contract)) }} as own_time

    from typed

),

{# The row as it came is put together here and written as JSON by whoever keeps it: on
   the way joins lie, and most rows are used and need none. #}
judged as (

    select
        {%- for name in kinds if name != 'loaded_at' %}
        {%- if name in fallbacks %}
        case when has_{{ name }} then {{ name }} else coalesce({{ fallbacks[name] | join(', ') }}) end as {{ name }},
        {%- else %}
        {{ name }},
        {%- endif %}
        {%- endfor %}
        {%- if as_it_came %}
        {{ lead_funnel._row_key(contract) }} as row_key,
        {%- endif %}
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
            {%- if name in text_times %}
            when {{ name }} is null and {{ name }}_order = 'open' and {{ lead_funnel.is_date_in_numbers('raw_' ~ name) }}
                then 'ambiguous_date'
            {%- endif %}
            when {{ name }} is null
                {%- if name in fallbacks %}
                and (has_{{ name }} or coalesce({{ fallbacks[name] | join(', ') }}) is null)
                {%- endif %}
                then 'unreadable_time'
            {%- endfor %}
            when {{ lead_funnel._latest(lead_funnel.happened_times(contract)) }} > {{ lead_funnel.add_days('loaded_at', 1) }}
                then 'time_after_load'
            {%- for name, values in contract.get('values', {}).items() %}
            {%- if name not in contract.get('optional', []) %}
            when {{ name }} is null
                then 'unknown_{{ name }}'
            {%- endif %}
            when {{ name }} not in ('{{ values | join("', '") }}')
                then 'unknown_{{ name }}: ' || substr({{ name }}, 1, 40)
            {%- endfor %}
        end as reject_reason
        {%- if tells_unread %},
        nullif(
            concat(
                {%- for name in checked if name in present %}
                case
                    when has_{{ name }} and {{ name }} is null
                        then '|{{ name }}=' || {{ lead_funnel.shape('cast(raw_' ~ name ~ ' as string)') }}
                    {%- if name in fallbacks %}
                    when not has_{{ name }} then '|{{ name }}=(empty)'
                    {%- endif %}
                    else ''
                end,
                {%- endfor %}
                ''
            ),
            ''
        ) as unreadable_values
        {%- endif %}
        {%- if as_it_came %},
        {{ lead_funnel.whole_row(raw_values) }} as raw_row
        {%- endif %}

    from dated

)

select * from judged
{%- if var('as_of') and until_as_of %}
where loaded_at <= {{ lead_funnel.to_utc("'" ~ var('as_of') ~ "'") }}
{%- endif %}
{% endmacro %}

{#- How many rows of a raw table there are to read, counted in the source itself
    and by nothing that read_rows does but the clock. -#}
{% macro count_raw_rows(raw_table) %}
{%- set present = lead_funnel.present_raw_columns(raw_table) -%}
{%- set text_times = lead_funnel._text_times(raw_table, present) -%}
{%- set date_orders = ref('date_orders') -%}
select count(*) as rows_read
{%- if not var('as_of') %}
from {{ lead_funnel.raw_relation(raw_table) }}
{%- else %}
{%- set contract = lead_funnel.raw_tables()[raw_table] -%}
{%- set flags = contract.get('own_times_if', {}).values() | sum(start=[]) | list -%}
{%- set kinds = {} -%}
{%- for name in ['loaded_at'] + contract['own_times'] + contract.get('own_times_if', {}).keys() | list -%}
    {%- do kinds.update({name: 'time'}) -%}
{%- endfor -%}
{%- for flag in flags + contract.get('planned_unless', {}).values() | list %}{% do kinds.update({flag: 'boolean'}) %}{% endfor %}
from (
    select
        {%- for name, kind in kinds.items() %}
        {{ lead_funnel.typed_value(name, kind, present.get(name), flag_words=contract.get('flag_words', {}).get(name)) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from (
        select
            {%- for name, kind in kinds.items() if name in present %}
            {{ lead_funnel.spelled_value(name, kind, name ~ '_order') if present[name] == 'text' else name }} as {{ name }},
            {%- endfor %}
            is_row

        from (
            select
                {%- for name in kinds if name in present %}
                {{ lead_funnel.raw_value('raw_rows.' ~ name, present[name]) }} as {{ name }},
                {%- endfor %}
                {%- for name in text_times %}
                date_orders.{{ name }}_order,
                {%- endfor %}
                1 as is_row

            from {{ lead_funnel.raw_relation(raw_table) }} as raw_rows
            {%- if text_times %}
            left join ({{ lead_funnel.date_orders_by_part(date_orders, raw_table, text_times) }}) as date_orders
                on {{ lead_funnel.raw_part(raw_table, present) }} = date_orders.part
            {%- endif %}
        ) as tidy
    ) as spelled
) as typed
where coalesce(
    loaded_at,
    {{ lead_funnel._latest(lead_funnel._own_times(contract)) }},
    timestamp '1970-01-01 00:00:00'
) <= {{ lead_funnel.to_utc("'" ~ var('as_of') ~ "'") }}
{%- endif %}
{% endmacro %}

{#- The columns that a raw table really has, by name 'time' for times stored as real times
    and 'text' for the rest, an id that a loader took for a date among them: a loader may
    leave columns out, and reading a time from text costs more than taking it as it is.
    Before the table exists: all, as text. -#}
{% macro present_raw_columns(raw_table) %}
    {% set kinds = dict(lead_funnel.raw_columns(raw_table), loaded_at='time') %}
    {% set wanted = kinds.keys() | list + ['surplus_value', 'row_fault', 'source_file', 'source_version'] %}
    {% set present = {} %}
    {% for column in adapter.get_columns_in_relation(lead_funnel.raw_relation(raw_table)) if execute %}
        {% set name = column.name | lower %}
        {% if name in wanted %}
            {% set is_time = column.data_type | upper in ['TIMESTAMP', 'TIMESTAMP_NTZ', 'DATE'] and kinds.get(name) in ['time', 'date'] %}
            {% do present.update({name: 'time' if is_time else 'text'}) %}
        {% endif %}
    {% endfor %}
    {% if not present %}
        {% for name in wanted if name not in ['surplus_value', 'row_fault', 'source_file', 'source_version'] %}
            {% do present.update({name: 'text'}) %}
        {% endfor %}
    {% endif %}
    {{ return(present) }}
{% endmacro %}

{#- The columns that say of a row whether it can be used, and when it arrived. -#}
{% macro _judging_columns(contract) %}
    {{ return(
        ['loaded_at', 'source'] + contract['key'] + contract['required'] + contract['own_times']
        + contract.get('own_times_if', {}).keys() | list
        + contract.get('own_times_if', {}).values() | sum(start=[])
        + contract.get('planned_unless', {}).values() | list
        + contract.get('fallbacks', {}).values() | sum(start=[])
        + contract.get('values', {}).keys() | list
    ) }}
{% endmacro %}

{#- When a typed row says it happened or last changed. -#}
{% macro _own_times(contract) %}
    {% set moments = lead_funnel.happened_times(contract) %}
    {% for name, flags in contract.get('own_times_if', {}).items() %}
        {% do moments.append('case when ' ~ flags | join(' or ') ~ ' then ' ~ name ~ ' end') %}
    {% endfor %}
    {{ return(moments) }}
{% endmacro %}

{#- The key of a typed row as text. Of the parts of a key that may be empty, those at its end
    are left out. -#}
{% macro _row_key(contract) -%}
    {%- set parts = [] -%}
    {%- for name in contract['key'] -%}
        {%- set text = 'cast(' ~ name ~ ' as string)' -%}
        {%- do parts.append(text if loop.first or name in contract['required'] else 'coalesce(' ~ text ~ ", '')") -%}
    {%- endfor -%}
    {%- set text = parts | join(" || '|' || ") -%}
    {{ 'regexp_replace(' ~ text ~ ", '[|]+$', '')" if 'coalesce' in text else text }}
{%- endmacro %}

{#- The times of a typed row that do not lie ahead: what is only planned has not happened. -#}
{% macro happened_times(contract) %}
    {% set moments = [] %}
    {% for name in contract['own_times'] %}
        {% set flag = contract.get('planned_unless', {}).get(name) %}
        {% do moments.append('case when coalesce(' ~ flag ~ ', true) then ' ~ name ~ ' end' if flag else name) %}
    {% endfor %}
    {{ return(moments) }}
{% endmacro %}

{#- The earliest of some moments, nulls apart. -#}
{% macro _earliest(moments) -%}
    {{ 'least(' ~ moments | join(', ') ~ ')' if moments | length > 1 else moments[0] }}
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
