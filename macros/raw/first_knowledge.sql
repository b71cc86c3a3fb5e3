{#- The key of what a record said, in first_knowledge.
    fact   what was said: record (that it is there), status, or the name of a column
    value  what it said, empty for the record itself; null gives null -#}
{% macro fact_key(raw_table, record_id, fact, value) -%}
    {{ lead_funnel.key([raw_table ~ " || ':' || " ~ record_id ~ " || ':' || " ~ fact ~ " || ':' || " ~ value]) }}
{%- endmacro %}

{#- The strategy of what is remembered: a fact that is told again replaces what was kept
    of it, and a fact without a time is forgotten. -#}
{% macro get_incremental_remember_sql(arguments) -%}
    {%- set target_relation, temp = arguments['target_relation'], arguments['temp_relation'] -%}
    {%- set key = arguments['unique_key'] -%}
    {%- set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ target_relation }}
    where {{ key }} in (select {{ key }} from {{ temp }});

    insert into {{ target_relation }} ({{ columns }})
    select {{ columns }}
    from {{ temp }}
    where first_loaded_at is not null;
{%- endmacro %}
