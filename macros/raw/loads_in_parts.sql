{#- What arrived when: one row per part of some raw tables, source and hour of arrival.
    raw_table, source, loaded_hour
                source is empty where the rows name none
    first_loaded_at, last_loaded_at
                earliest and latest arrival of a usable row in that hour
    row_count   usable rows
    fresh_count rows among them that say of themselves that they are at most two days
                older than their arrival; where the row's own time stands in for the
                arrival, it is no word for it
    old_count   rows among them that are more than a week older than their arrival, by the
                earliest of their own times; of a table without any, all
    is_planned  whether a day on which a deal is to be closed stands in for the arrival
    Rows of people who asked to be forgotten had arrived all the same, and are counted:
    what is known of others does not change its time because somebody was forgotten. -#}
{% macro loads_in_parts(raw_tables) %}
{%- set rows_of = {} -%}
{%- for raw_table in raw_tables %}{% do rows_of.update({raw_table: lead_funnel.typed_rows(raw_table, only_parts='changed_parts', columns=[], as_it_came=false)}) %}{% endfor -%}
{%- set counted -%}
given as (

    {% for raw_table in raw_tables %}
    {% set contract = lead_funnel.raw_tables()[raw_table] %}
    {% set happened = lead_funnel.happened_times(contract) %}
    {% set own_time = lead_funnel._latest(happened) %}
    select
        '{{ raw_table }}' as raw_table,
        part,
        coalesce(source, '') as source,
        loaded_at,
        coalesce(
            {{ own_time }} >= {{ lead_funnel.add_days('loaded_at', -2) }}
            and {{ own_time }} != loaded_at,
            false
        ) as is_fresh,
        {%- if happened %}
        coalesce(
            {{ lead_funnel._earliest(happened) }} < {{ lead_funnel.add_days('loaded_at', -7) }}
            and {{ lead_funnel._latest(lead_funnel._own_times(contract)) }} != loaded_at,
            false
        )
        {%- else %}
        true
        {%- endif %} as is_old,
        {{ lead_funnel.is_planned_time(raw_table, '') }} as is_planned

    from {{ raw_table }}_rows

    where reject_reason is null

    {% if not loop.last %}union all{% endif %}

    {% endfor %}

),

counted as (

    select
        raw_table,
        source,
        cast(date_trunc('hour', loaded_at) as timestamp) as loaded_hour,
        min(loaded_at) as first_loaded_at,
        max(loaded_at) as last_loaded_at,
        count(*) as row_count,
        sum(case when is_fresh then 1 else 0 end) as fresh_count,
        sum(case when is_old then 1 else 0 end) as old_count,
        is_planned,
        part

    from given

    group by 1, 2, 3, is_planned, part

),

final as (

    select
        counted.raw_table,
        counted.source,
        counted.loaded_hour,
        counted.first_loaded_at,
        counted.last_loaded_at,
        counted.row_count,
        counted.fresh_count,
        counted.old_count,
        counted.is_planned,
        changed_parts.part,
        changed_parts.part_version

    from counted

    inner join changed_parts
        on counted.part = changed_parts.part

)

{%- endset -%}
with

{{ lead_funnel.changed_parts(rows_of, made_by=counted, is_bounded=false) }},

{% for raw_table, rows in rows_of.items() %}
{{ raw_table }}_rows as (

    {{ rows }}

),

{% endfor %}
{{ counted }}

{{ lead_funnel.rebuilt_rows('final', 'part', 'changed_parts') }}
{% endmacro %}

{#- Whether what stands in for the arrival of a row is a day that people typed in: the one
    on which a deal was or is to be closed. It is none where the record changed that moment.
    alias  of the relation, with its dot -#}
{% macro is_planned_time(raw_table, alias) -%}
    {%- set contract = lead_funnel.raw_tables()[raw_table] -%}
    {%- set own_times = [] -%}
    {%- for name in contract['own_times'] %}{% do own_times.append(alias ~ name) %}{% endfor -%}
    {%- for name in contract.get('own_times_if', {}) -%}
    coalesce(
        {{ alias }}loaded_at = {{ alias }}{{ name }}
        and coalesce({{ alias }}{{ name }} > {{ lead_funnel._latest(own_times) }}, true),
        false
    ){{ ' or ' if not loop.last }}
    {%- else -%}
    false
    {%- endfor -%}
{%- endmacro %}

{#- The raw tables whose rows say when they arrived or happened. Costs may be planned,
    and nobody who asks to be forgotten is turned away for a date. -#}
{% macro dated_raw_tables() %}
    {% set found = [] %}
    {% for raw_table, contract in lead_funnel.raw_tables().items() %}
        {% if contract['own_times'] and raw_table not in ['campaign_costs', 'erasure_requests'] %}
            {% do found.append(raw_table) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- The raw tables whose rows may be said to have arrived in the future. -#}
{% macro loaded_raw_tables() %}
    {{ return(lead_funnel.raw_tables().keys() | reject('in', ['campaign_costs', 'erasure_requests']) | list) }}
{% endmacro %}
