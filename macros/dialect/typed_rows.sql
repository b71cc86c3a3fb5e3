{#- All rows of a raw table, read with care: each column typed by its kind, plus
    row_key        the key as text, null where it is missing
    loaded_at      when the row arrived; the row's own time where that is not given
    reject_reason  why the row cannot be used, null where it can (first that holds)
    unreadable_values
                   what could not be read and is null for that, or stands in for a time
                   that is missing: by column, what it looks like; null where all is well
    raw_row        the row as it came, its loaded_at only if unreadable: JSON by
                   whole_row_as_json
    part           what the row came in
    Nothing is filtered but rows that arrived after the variable as_of, and not
    even those where until_as_of is false; where only_parts names a relation, only
    the parts in it are read; where columns is given, of the columns only these and what
    decides whether a row can be used, and there need be no unreadable_values. Where
    as_it_came is false, there need be no row_key and raw_row either. -#}
{% macro typed_rows(raw_table, until_as_of=true, only_parts=none, columns=none, as_it_came=true) %}
    {{- return(adapter.dispatch('typed_rows', 'lead_funnel')(raw_table, until_as_of, only_parts, columns, as_it_came)) -}}
{% endmacro %}

{% macro default__typed_rows(raw_table, until_as_of, only_parts, columns, as_it_came) -%}
{{ lead_funnel.read_rows(raw_table, until_as_of, only_parts, columns, as_it_came) }}
{%- endmacro %}

{# Spark makes the rows of a query anew wherever it names them, and writes each condition
   on a column as one on all that the column is made of: reading them with care would
   outgrow its memory. There it is done once, in a table. #}
{% macro spark__typed_rows(raw_table, until_as_of, only_parts, columns, as_it_came) -%}
select *
from {{ ref('typed_raw__' ~ raw_table) }}
where
    true
    {%- if var('as_of') and until_as_of %}
    and loaded_at <= {{ lead_funnel.to_utc("'" ~ var('as_of') ~ "'") }}
    {%- endif %}
    {%- if only_parts %}
    and part in (select part from {{ only_parts }})
    {%- endif %}
{%- endmacro %}

{#- What typed_rows reads, for a model that reads them on a condition: named in any case, so
    that dbt knows of it. -#}
{% macro name_typed_rows(raw_tables) %}
    {{- return(adapter.dispatch('name_typed_rows', 'lead_funnel')(raw_tables)) -}}
{% endmacro %}

{% macro default__name_typed_rows(raw_tables) %}
    {%- for raw_table in raw_tables %}{% do lead_funnel.raw_relation(raw_table) %}{% endfor -%}
    {%- do [ref('date_orders'), ref('countries')] -%}
{% endmacro %}

{% macro spark__name_typed_rows(raw_tables) %}
    {%- for raw_table in raw_tables %}{% do ref('typed_raw__' ~ raw_table) %}{% endfor -%}
{% endmacro %}
