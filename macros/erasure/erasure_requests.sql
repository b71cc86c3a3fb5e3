{#- Whether anybody asked to be forgotten. Asked while a model is compiled, so that
    where nobody did the models read as if there were no erasure at all. -#}
{% macro has_erasure_requests() %}
    {% if execute and adapter.get_columns_in_relation(source('raw', 'erasure_requests')) %}
        {{ return(run_query('select 1 from ' ~ source('raw', 'erasure_requests') ~ ' limit 1').rows | length > 0) }}
    {% endif %}
    {{ return(false) }}
{% endmacro %}

{#- The rows of a raw table that may be remembered: typed, and without the rows and
    identifiers of people who asked to be forgotten. Whoever reads the raw row keeps
    it only where it is going to be quarantined.
    rows        the SQL that reads them: what changed_rows gives
    columns     that rows was given
    is_erasing  whether anybody asked; where not given, whether anybody did -#}
{% macro remembered_rows(raw_table, rows, columns=none, is_erasing=none) %}
{#- Both are named in any case, so that dbt knows of them before requests exist. -#}
{%- set erased_rows = ref('erased_rows') -%}
{%- set erased_identifiers = ref('erased_identifiers') -%}
{%- if not (lead_funnel.has_erasure_requests() if is_erasing is none else is_erasing) -%}
{{ rows }}
{%- else -%}
{%- set personal = lead_funnel.personal_columns()[raw_table] -%}
{%- set forgets = personal.get('forgets', {}) -%}
select
    {%- for name in lead_funnel.raw_columns(raw_table) if columns is none or name in columns %}
    {%- if name in forgets %}
    case when erased_{{ name }}.identifier_key is null then found_rows.{{ name }} end as {{ name }},
    {%- elif name in personal.get('unread', []) %}
    cast(null as string) as {{ name }},
    {%- elif raw_table == 'erasure_requests' and name == 'request_id' %}
    {{ lead_funnel.request_name('found_rows.request_id') }} as request_id,
    {%- elif name == 'page_url' %}
    {{ lead_funnel.url_with_tags('found_rows.page_url') }} as page_url,
    {%- elif name == 'referrer_url' %}
    {{ lead_funnel.url_without_query('found_rows.referrer_url') }} as referrer_url,
    {%- else %}
    found_rows.{{ name }},
    {%- endif %}
    {%- endfor %}
    found_rows.row_key,
    found_rows.part,
    found_rows.loaded_at,
    found_rows.reject_reason,
    {%- if columns is none %}
    found_rows.unreadable_values,
    {%- endif %}
    found_rows.raw_row

from ({{ rows }}) as found_rows

left join (
    select
        part,
        row_hash

    from {{ erased_rows }}

    where raw_table = '{{ raw_table }}'
) as erased
    on
        found_rows.part = erased.part
        and {{ lead_funnel.raw_row_hash('found_rows') }} = erased.row_hash
{% for name, identifier_type in forgets.items() %}
left join {{ erased_identifiers }} as erased_{{ name }}
    on {{ lead_funnel.named_identifier(identifier_type, 'found_rows.' ~ name) }} = erased_{{ name }}.identifier_key
{% endfor %}
where erased.row_hash is null
{%- endif -%}
{% endmacro %}

{#- The SQL that reads the changed parts of a raw table with care, rendered once for a model
    that names it more than once: that of typed_rows, with what remembered_rows looks at. -#}
{% macro changed_rows(raw_table, columns=none) %}
    {%- set looked_at = lead_funnel.personal_columns()[raw_table].get('forgets', {}).keys() | list -%}
    {{ return(lead_funnel.typed_rows(
        raw_table,
        only_parts='changed_parts',
        columns=none if columns is none else columns + looked_at,
    )) }}
{% endmacro %}

{#- The columns of a raw table by which erasure follows a person from row to row. -#}
{% macro followed_columns(raw_table) %}
    {%- set ids = lead_funnel.personal_columns()[raw_table]['ids'].values() | sum(start=[]) -%}
    {{ return(ids + ['anonymous_id', 'hs_merged_object_ids']) }}
{% endmacro %}

{#- The identifier that a column names which is emptied where that is erased: of an
    address whatever is written around it is no matter. -#}
{% macro named_identifier(identifier_type, value) -%}
    {%- set value = lead_funnel.typed_value(value, 'email') if identifier_type == 'email' else value -%}
    {{ lead_funnel.identifier_key(identifier_type, value) }}
{%- endmacro %}

{#- The words of a column in which addresses are looked for: a query never gets further
    than the base models but for its tags, where a path does, and what is an address and
    nothing else is emptied, in columns that are. -#}
{% macro searched_text(raw_table, column) -%}
    {%- if column == 'page_url' -%}
        {{ lead_funnel.url_with_tags(column) }}
    {%- elif column == 'referrer_url' -%}
        {{ lead_funnel.url_without_query(column) }}
    {%- elif lead_funnel.personal_columns()[raw_table].get('forgets', {}).get(column) == 'email' -%}
        case when {{ lead_funnel.typed_value(column, 'email') }} is null then {{ column }} end
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}

{#- What a request is called: its id, or a hash where the id is itself an address. -#}
{% macro request_name(request_id) -%}
    case
        when {{ request_id }} like '%@%' then cast({{ lead_funnel.key([request_id]) }} as string)
        else {{ request_id }}
    end
{%- endmacro %}

{#- What a raw row is known by without naming anybody: its key, which all versions
    share, or, where it cannot be used, its content. -#}
{% macro raw_row_hash(relation_alias) -%}
    case
        when {{ relation_alias }}.reject_reason is null then {{ lead_funnel.key(["'key:' || " ~ relation_alias ~ '.row_key']) }}
        else {{ lead_funnel.key(["'row:' || " ~ lead_funnel.whole_row_as_json(relation_alias ~ '.raw_row')]) }}
    end
{%- endmacro %}

{#- Takes what names erased people out of a table that no model makes. To be called by
    a hook of the model of erased identifiers.
    key: the expression of the identifier, over the table's columns -#}
{% macro forget_erased(relation, key) %}
    {% if execute and lead_funnel.has_erasure_requests() %}
        {{ lead_funnel.forget_rows(relation, key, this) }}
    {% endif %}
{% endmacro %}
