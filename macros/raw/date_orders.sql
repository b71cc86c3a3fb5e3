{#- The columns of a raw table that hold times as text. -#}
{% macro _text_times(raw_table, present) %}
    {% set kinds = dict(lead_funnel.raw_columns(raw_table), loaded_at='time') %}
    {% set found = [] %}
    {% for name, kind in kinds.items() if kind in ['time', 'date'] and present.get(name) == 'text' %}
        {% do found.append(name) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- A date whose day and month nothing but their order tells apart. -#}
{% macro _date_in_numbers() -%}
    '^ *([0-9]{1,2})[/-]([0-9]{1,2})[/-][0-9]{4}'
{%- endmacro %}

{% macro is_date_in_numbers(text) -%}
    {{ lead_funnel.matches('cast(' ~ text ~ ' as string)', lead_funnel._date_in_numbers()) }}
{%- endmacro %}

{#- The dates of a raw table that are written in numbers with the year last: one row per
    part and column, with how many there are, can only be read with the day first, and
    only with the month first. The table is read once. -#}
{% macro dates_in_numbers(raw_table) %}
{%- set present = lead_funnel.present_raw_columns(raw_table) -%}
{%- set names = lead_funnel._text_times(raw_table, present) -%}
{%- set pattern = lead_funnel._date_in_numbers() -%}
{#- Named in any case, so that dbt knows of it. -#}
{%- set relation = lead_funnel.raw_relation(raw_table) -%}
{%- if not names -%}
select
    cast(null as string) as raw_table,
    cast(null as string) as column_name,
    cast(null as string) as part,
    cast(0 as bigint) as day_first_count,
    cast(0 as bigint) as month_first_count
where false
{%- else -%}
select
    '{{ raw_table }}' as raw_table,
    columns_of_times.column_name,
    found.part,
    {%- for order in ['day_first', 'month_first'] %}
    case columns_of_times.column_name
        {%- for name in names %}
        when '{{ name }}' then found.{{ name }}_{{ order }}_count
        {%- endfor %}
    end as {{ order }}_count{{ ',' if not loop.last }}
    {%- endfor %}

from (
    select
        part,
        {%- for name in names %}
        count(case when {{ name }}_first > 12 and {{ name }}_second <= 12 then 1 end) as {{ name }}_day_first_count,
        count(case when {{ name }}_second > 12 and {{ name }}_first <= 12 then 1 end) as {{ name }}_month_first_count,
        count({{ name }}_first) as {{ name }}_count{{ ',' if not loop.last }}
        {%- endfor %}

    from (
        select
            {{ lead_funnel.raw_part(raw_table, present) }} as part,
            {%- for name in names %}
            {%- for group in ['first', 'second'] %}
            case
                when not ({{ lead_funnel.starts_with_year('cast(' ~ name ~ ' as string)') }})
                    then try_cast(nullif(regexp_extract(cast({{ name }} as string), {{ pattern }}, {{ loop.index }}), '') as int)
            end as {{ name }}_{{ group }},
            {%- endfor %}
            {%- endfor %}
            1 as is_row

        from {{ relation }}

        {# Most tables have no such date, which this alone tells. #}
        where
            {%- for name in names %}
            {{ 'or ' if not loop.first }}not ({{ lead_funnel.starts_with_year('cast(' ~ name ~ ' as string)') }})
            {%- endfor %}
    ) as numbers

    group by part
) as found

cross join (
    {%- for name in names %}
    select '{{ name }}' as column_name
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as columns_of_times

where
    case columns_of_times.column_name
        {%- for name in names %}
        when '{{ name }}' then found.{{ name }}_count
        {%- endfor %}
    end > 0
{%- endif -%}
{% endmacro %}

{#- The same as one row per part, to be joined to the rows of a raw table: what
    date_orders says of each of some columns, as <column>_order. -#}
{% macro date_orders_by_part(date_orders, raw_table, names) -%}
select
    part,
    {%- for name in names %}
    max(case when column_name = '{{ name }}' then date_order end) as {{ name }}_order{{ ',' if not loop.last }}
    {%- endfor %}

from {{ date_orders }}

where raw_table = '{{ raw_table }}'

group by part
{%- endmacro %}
