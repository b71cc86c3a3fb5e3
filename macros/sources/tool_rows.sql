{#- The rows of a tool's table over all its connections that have it, as text.
    tables    what the table is called, the first name being ours
    columns   by our name, what the column is called by loaders, by the tool itself and on its
              screens; the first that is there counts
    versions  current: rows that a loader keeps though a later version is there are left out
              (_fivetran_active); all: they are history, and stay
    Gives source (the connection's name), the columns, loaded_at, and is_removed: whether
    the loader or the tool says that the record is gone, null where neither says. A record
    whose last version is not current either is gone; the first column names the record.
    How names are compared: see squeezed_name. The model is there only where the tool is on. -#}
{% macro tool_rows(tool, tables, columns, versions='current') %}
{{- config(enabled=lead_funnel.is_tool_on(tool)) -}}
{%- set names = [tables] if tables is string else tables -%}
{%- set selects = [] -%}
{%- for connection in lead_funnel.connections(tool) if execute -%}
    {%- for relation in lead_funnel.tables_of_connection(connection, names) -%}
        {%- do selects.append(lead_funnel._rows_of_connection(connection, names[0], relation, columns, versions)) -%}
    {%- endfor -%}
{%- endfor -%}
{%- for select in selects %}
{{ select }}
{{ 'union all' if not loop.last }}
{%- else %}
select
    {%- for name in ['source'] + columns.keys() | list + ['loaded_at', 'is_removed'] %}
    cast(null as string) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
where false
{%- endfor %}
{% endmacro %}

{% macro _rows_of_connection(connection, table, relation, columns, versions) %}
{%- set present = adapter.get_columns_in_relation(relation) -%}
{%- set by_name = lead_funnel.columns_by_name(present) -%}
{%- set is_current = lead_funnel.matching_column(by_name, ['_fivetran_active']) if versions == 'current' -%}
{%- set nested = present | selectattr('name', 'in', ['properties', 'PROPERTIES']) | list -%}
select
    '{{ connection['name'] }}' as source,
    {%- for name, spellings in columns.items() %}
    {%- set own = connection.get('columns', {}).get(table ~ '.' ~ name) %}
    {%- set column = lead_funnel.matching_column(by_name, [own] if own else spellings) %}
    {%- if column %}
    {{ lead_funnel.column_text(adapter.quote(column.name), column.data_type) }} as {{ name }},
    {%- elif own %}
    {%- do exceptions.raise_compiler_error(
        'The variable sources says that ' ~ table ~ '.' ~ name ~ ' of ' ~ connection['name'] ~ ' is called ' ~ own
        ~ ', which ' ~ relation ~ ' does not have.'
    ) %}
    {%- elif nested %}
    coalesce(
        {%- for spelling in spellings if modules.re.match('^[A-Za-z0-9_]+$', spelling) %}
        {{ lead_funnel.json_member(adapter.quote(nested[0].name), nested[0].data_type, spelling) }},
        {%- endfor %}
        cast(null as string)
    ) as {{ name }},
    {%- else %}
    cast(null as string) as {{ name }},
    {%- endif %}
    {%- endfor %}
    {%- set loaded_at = lead_funnel.matching_column(by_name, lead_funnel.loaders_times()) %}
    {{ 'cast(' ~ adapter.quote(loaded_at.name) ~ ' as string)' if loaded_at else 'cast(null as string)' }} as loaded_at,
    {{ lead_funnel._is_removed(by_name, is_current) }} as is_removed

from {{ relation }} as tool_rows
{%- if is_current %}
{%- set key = columns.keys() | first -%}
{%- set own_key = connection.get('columns', {}).get(table ~ '.' ~ key) -%}
{%- set id = lead_funnel.matching_column(by_name, [own_key] if own_key else columns[key]) -%}
{%- set start = lead_funnel.matching_column(by_name, ['_fivetran_start']) %}

where
    {{ lead_funnel._is_current('tool_rows', is_current) }}
    {%- if id %}
    or not exists (
        select 1
        from {{ relation }} as other_rows
        where
            other_rows.{{ adapter.quote(id.name) }} = tool_rows.{{ adapter.quote(id.name) }}
            and (
                {{ lead_funnel._is_current('other_rows', is_current) }}
                {%- if start %}
                or other_rows.{{ adapter.quote(start.name) }} > tool_rows.{{ adapter.quote(start.name) }}
                {%- endif %}
            )
    )
    {%- endif %}
{%- endif %}
{% endmacro %}

{% macro _is_current(alias, column) -%}
    coalesce(lower(cast({{ alias }}.{{ adapter.quote(column.name) }} as string)), 'true') not in ('false', 'f', '0')
{%- endmacro %}

{#- Where loaders say when a row arrived. -#}
{% macro loaders_times() %}
    {{ return([
        '_fivetran_synced', '_airbyte_extracted_at', '_airbyte_emitted_at', '_dlt_load_time', '_sdc_batched_at',
        '_sdc_received_at', 'uuid_ts', 'loaded_at', 'received_at',
    ]) }}
{% endmacro %}

{% macro _is_removed(by_name, is_current) %}
    {%- set flags, moments = [], [] -%}
    {%- if is_current -%}{%- do flags.append('not ' ~ lead_funnel._is_current('tool_rows', is_current)) -%}{%- endif -%}
    {%- for spelling in ['_fivetran_deleted', 'is_deleted', 'archived'] -%}
        {%- set column = lead_funnel.matching_column(by_name, [spelling]) -%}
        {%- if column -%}{%- do flags.append('lower(cast(' ~ adapter.quote(column.name) ~ " as string)) in ('true', 't', '1')") -%}{%- endif -%}
    {%- endfor -%}
    {%- for spelling in ['_ab_cdc_deleted_at', '_sdc_deleted_at'] -%}
        {%- set column = lead_funnel.matching_column(by_name, [spelling]) -%}
        {%- if column -%}{%- do moments.append(adapter.quote(column.name) ~ ' is not null') -%}{%- endif -%}
    {%- endfor -%}
    {%- if flags or moments -%}
    case when {{ (flags + moments) | join(' or ') }} then 'true' else 'false' end
    {%- else -%}
    cast(null as string)
    {%- endif -%}
{% endmacro %}

{#- A name without what loaders change in it: case, blanks and signs, and the word properties
    that they put before a tool's own fields. -#}
{% macro squeezed_name(name) %}
    {% set own = modules.re.sub('^propert(y|ies)_+', '', name | lower) %}
    {{ return(modules.re.sub('[^a-z0-9]', '', own)) }}
{% endmacro %}

{#- Columns of the adapter by their squeezed name. -#}
{% macro columns_by_name(columns) %}
    {% set by_name = {} %}
    {% for column in columns %}
        {% do by_name.setdefault(lead_funnel.squeezed_name(column.name), column) %}
    {% endfor %}
    {{ return(by_name) }}
{% endmacro %}

{#- The first of some spellings that is a column, of columns_by_name; none where none is. -#}
{% macro matching_column(by_name, spellings) %}
    {% for spelling in spellings %}
        {% set name = lead_funnel.squeezed_name(spelling) %}
        {% if name in by_name %}{{ return(by_name[name]) }}{% endif %}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}

{#- The relations of a connection that bear the first of some names that any bears; the
    first name is ours. A name that ends in * stands for all that begin so: one table a day. -#}
{% macro tables_of_connection(connection, names) %}
    {% set own = connection.get('tables', {}).get(names[0]) %}
    {% set schema = api.Relation.create(
        database=lead_funnel.database_of(connection),
        schema=connection.get('schema') or ('files_' ~ connection['name'] if connection.get('path') else connection['name'])
    ) %}
    {% set is_there = adapter.check_schema_exists(schema.database, schema.schema) %}
    {% set there = lead_funnel.table_names(schema) | sort if is_there else [] %}
    {% for name in ([own] if own else names) %}
        {% set wanted, found = lead_funnel.squeezed_name(name), [] %}
        {% for one in there %}
            {% set squeezed = lead_funnel.squeezed_name(one) %}
            {% if squeezed == wanted or (name.endswith('*') and squeezed.startswith(wanted)) %}
                {% do found.append(schema.incorporate(path={'identifier': one})) %}
            {% endif %}
        {% endfor %}
        {% if found %}
            {{ return(found if name.endswith('*') else found[:1]) }}
        {% endif %}
    {% endfor %}
    {{ return([]) }}
{% endmacro %}
