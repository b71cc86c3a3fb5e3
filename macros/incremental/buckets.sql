{#- Whole builds of large models are made bucket by bucket of leads, so that the memory they
    need is bounded: see duckdb__create_table_as. A condition that is true, and that names the
    column of the lead key and a relation with about a row per lead, by whose size the
    buckets are counted. Whoever does not cut gets all leads at once. -#}
{% macro in_bucket(column, relation) -%}
    true /* bucket of {{ column }} by {{ relation }} */
{%- endmacro %}

{#- The queries of the buckets of a query, in the order of their leads: one where it is not
    cut, or its leads are few. Keys of leads are hashes, so that their first digits make
    buckets of one size. -#}
{% macro bucket_queries(query) -%}
    {%- set mark = '(?s)true /\\* bucket of ([\\w.]+) by (\\S+) \\*/' -%}
    {%- set found = modules.re.findall(mark, query) -%}
    {%- set buckets = namespace(number=1) -%}
    {%- if found and execute -%}
        {%- if var('bucket_leads') is not number -%}
            {%- do exceptions.raise_compiler_error("The variable bucket_leads must be a number of leads, not '" ~ var('bucket_leads') ~ "'.") -%}
        {%- endif -%}
        {%- set leads = run_query('select count(*) from ' ~ found[0][1]).columns[0].values()[0] -%}
        {%- for number in [2, 4, 8, 16] if leads > number / 2 * var('bucket_leads') -%}
            {%- set buckets.number = number -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set queries = [] -%}
    {%- for bucket in range(buckets.number) -%}
        {%- set from_digit = '0123456789abcdef'[bucket * 16 // buckets.number] -%}
        {%- set until_digit = '0123456789abcdef'[(bucket + 1) * 16 // buckets.number - 1] -%}
        {%- set condition =
            "\\1 >= cast('" ~ from_digit ~ "0000000-0000-0000-0000-000000000000' as uuid)"
            ~ " and \\1 <= cast('" ~ until_digit ~ "fffffff-ffff-ffff-ffff-ffffffffffff' as uuid)" -%}
        {%- do queries.append(
            modules.re.sub(mark, condition, query) if buckets.number > 1 else query
        ) -%}
    {%- endfor -%}
    {{- return(queries) -}}
{%- endmacro %}

{#- Write a new table, bucket by bucket of its query. -#}
{% macro create_by_bucket(relation, query, statement_start='create table') -%}
    {%- for part in lead_funnel.bucket_queries(query) -%}
        {%- call statement('main') -%}
            {{ statement_start ~ ' ' ~ relation ~ ' as' if loop.first else 'insert into ' ~ relation }} (
                {{ part }}
            )
        {%- endcall -%}
    {%- endfor -%}
{%- endmacro %}
