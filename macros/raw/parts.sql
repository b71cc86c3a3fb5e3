{#- The parts that a raw table came in, each read as a whole or not at all: a file, or
    in a table that a loader writes the rows of one day of arrival.
    present: what present_raw_columns gives. -#}
{% macro raw_part(raw_table, present) -%}
    '{{ raw_table }}/' ||
    {%- if 'source_file' in present %} coalesce(source_file, '')
    {%- elif 'loaded_at' in present %} coalesce(cast({{ lead_funnel.day_of_arrival(present['loaded_at']) }} as string), '')
    {%- else %} ''
    {%- endif -%}
{%- endmacro %}

{#- Whether a raw table is a view of files, as prepare_raw makes them: it names the file of each row. -#}
{% macro is_of_files(raw_table, present) %}
    {{ return(
        lead_funnel.is_embedded() and 'source_file' in present and 'source_version' in present
        and not lead_funnel.tools_that_give(raw_table)
    ) }}
{% endmacro %}

{#- Whether a row of a raw table came in one of the parts that a relation lists. The paths of
    files are compared as they are, so that DuckDB opens none of the others. -#}
{% macro is_in_parts(raw_table, present, parts) -%}
    {%- if lead_funnel.is_of_files(raw_table, present) -%}
    source_file in (
        select substr(part, {{ raw_table | length + 2 }})
        from {{ parts }}
        where substr(part, 1, {{ raw_table | length + 1 }}) = '{{ raw_table }}/'
    )
    {%- else -%}
    {{ lead_funnel.raw_part(raw_table, present) }} in (select part from {{ parts }})
    {%- endif -%}
{%- endmacro %}

{#- A loader writes its times with the year first, or as real times. -#}
{% macro day_of_arrival(storage) -%}
    cast(
    {%- if storage == 'time' %} {{ lead_funnel.typed_value('loaded_at', 'time', 'time') }}
    {%- else %} {{ lead_funnel.to_utc('trim(cast(loaded_at as string))') }}
    {%- endif %} as date)
{%- endmacro %}

{#- One row a part of a raw table: part, part_version. The version of a part differs
    when anything differs that its rows are made of: the file or the rows themselves, how
    its dates and names of countries are read, what is to be forgotten, the last load that
    is believed where rows say that they arrived after it (is_bounded), or the SQL that
    makes a model's rows of them, as it is
    rendered: that of reading the table (rows), whose clock is part of it, and made_by. It
    does not differ with the name of the database, nor for all parts because somebody
    is the first who asks to be forgotten. -#}
{% macro raw_parts(raw_table, rows, made_by, is_bounded, is_erasing) %}
{%- set present = lead_funnel.present_raw_columns(raw_table) -%}
{%- set sql = lead_funnel.remembered_rows(raw_table, rows, is_erasing=true) ~ made_by -%}
{%- set reading = local_md5(sql | replace(adapter.quote(target.database or '') ~ '.', ''))[:8] -%}
{%- set forgets = lead_funnel.personal_columns()[raw_table].get('forgets') -%}
{#- Named in any case, so that dbt knows of them before requests exist. -#}
{%- set erased_rows = ref('erased_rows') -%}
{%- set erased_identifiers = ref('erased_identifiers') -%}
{%- set text_times = lead_funnel._text_times(raw_table, present) -%}
{%- set date_orders = ref('date_orders') -%}
{%- set countries = ref('countries') -%}
{%- set has_country = lead_funnel.country_column(raw_table) in present -%}
{%- if is_bounded -%}
    {#- Named in any case, so that dbt knows of them whatever as_of is. -#}
    {%- set loads, bounds = ref('base_raw__loads'), ref('stg_raw__load_bounds') -%}
{%- endif -%}
{%- set is_bounded = is_bounded and lead_funnel.is_bounded(raw_table) -%}
select
    found.part,
    '{{ reading }}:' || found.version
    {%- if text_times %} || coalesce(':' || orders.version, ''){% endif %}
    {%- if has_country %} || coalesce(':' || country_names.version, ''){% endif %}
    {%- if is_erasing %} || coalesce(':' || erased.version, ''){% endif %}
    {%- if is_erasing and forgets %} || coalesce(':' || forgotten.version, ''){% endif %}
    {%- if is_bounded %} || coalesce(':' || ahead.version, ''){% endif %} as part_version

from (
    {%- if lead_funnel.is_of_files(raw_table, present) %}
    {#- Put together for each file, not for each row. #}
    select
        '{{ raw_table }}/' || source_file as part,
        version

    from (
        select
            source_file,
            coalesce(max(source_version), '') as version

        from {{ lead_funnel.raw_relation(raw_table) }}

        group by source_file
    ) as files
    {%- else %}
    select
        {{ lead_funnel.raw_part(raw_table, present) }} as part,
        cast(sum({{ lead_funnel.row_version(present.keys()) }}) as string) as version

    from {{ lead_funnel.raw_relation(raw_table) }}

    group by 1
    {%- endif %}
) as found
{%- if text_times %}

left join (
    select
        part,
        cast(sum({{ lead_funnel.row_version(['column_name', 'date_order']) }}) as string) as version

    from {{ date_orders }}

    where raw_table = '{{ raw_table }}'

    group by part
) as orders
    on found.part = orders.part
{%- endif %}
{%- if has_country %}

cross join (
    select cast(sum({{ lead_funnel.row_version(['country_name', 'country_code']) }}) as string) as version
    from {{ countries }}
) as country_names
{%- endif %}
{%- if is_bounded %}

left join (
    select
        loads.part,
        cast(max(bounds.loaded_until) as string) as version

    from {{ loads }} as loads

    cross join {{ bounds }} as bounds

    where loads.last_loaded_at > bounds.loaded_until

    group by loads.part
) as ahead
    on found.part = ahead.part
{%- endif %}
{%- if is_erasing %}

left join (
    select
        part,
        cast(sum({{ lead_funnel.row_version(['row_hash']) }}) as string) as version

    from {{ erased_rows }}

    where raw_table = '{{ raw_table }}'

    group by part
) as erased
    on found.part = erased.part
{%- if forgets %}

cross join (
    select cast(sum({{ lead_funnel.row_version(['identifier_key']) }}) as string) as version
    from {{ erased_identifiers }}
) as forgotten
{%- endif %}
{%- endif %}
{% endmacro %}

{#- The CTEs parts and changed_parts (part, part_version): the parts of some raw tables
    that a model has not read, or not as they are now; version null where the part is
    gone.
    rows_of: by raw table, the SQL that reads its changed parts: of changed_rows or typed_rows.
    made_by: the SQL that makes the model's rows of what is read.
    is_bounded: whether these depend on the last load that is believed. -#}
{% macro changed_parts(rows_of, made_by, is_bounded=true) -%}
{%- set is_erasing = lead_funnel.has_erasure_requests() -%}
parts as (

    {% for raw_table, rows in rows_of.items() %}
    {{ lead_funnel.raw_parts(raw_table, rows, made_by, is_bounded, is_erasing) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

changed_parts as (

    {% if lead_funnel.has_stored_rows() %}
    select
        coalesce(parts.part, stored_parts.part) as part,
        parts.part_version

    from parts

    full outer join (
        select distinct
            part,
            part_version

        from {{ lead_funnel.stored_rows() }}
    ) as stored_parts
        on parts.part = stored_parts.part

    where parts.part_version is distinct from stored_parts.part_version
    {% else %}
    select
        part,
        part_version

    from parts
    {% endif %}

)
{%- endmacro %}

{#- Whether rows of a raw table that say they arrived after the last load that is believed
    are turned away: not where the variable as_of says what is believed. -#}
{% macro is_bounded(raw_table) %}
    {{ return(not var('as_of') and raw_table in lead_funnel.loaded_raw_tables()) }}
{% endmacro %}

{#- One row: loaded_until, the last load that is believed, and ahead_from, after which a
    row's arrival is a mistake. -#}
{% macro load_bounds(raw_table) -%}
{%- set bounds = ref('stg_raw__load_bounds') -%}
{%- if lead_funnel.is_bounded(raw_table) -%}
(select max(loaded_until) as loaded_until, max(ahead_from) as ahead_from from {{ bounds }})
{%- else -%}
(select cast(null as timestamp) as loaded_until, cast(null as timestamp) as ahead_from)
{%- endif -%}
{%- endmacro %}
