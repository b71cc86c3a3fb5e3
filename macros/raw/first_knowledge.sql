{#- The key of what a record said, in first_knowledge.
    fact   what was said: record (that it is there), status, or the name of a column
    value  what it said, empty for the record itself; null gives null -#}
{% macro fact_key(raw_table, record_id, fact, value) -%}
    {{ lead_funnel.key([raw_table ~ " || ':' || " ~ record_id ~ " || ':' || " ~ fact ~ " || ':' || " ~ value]) }}
{%- endmacro %}

{#- Since when a record bears the status it bears, where no history tells. The last change of a
    record that was merged away is the merge: its status is as old as the record, unless it
    was seen before.
    record      relation with created_at, updated_at
    is_merged   whether the record was merged into another
    remembered  what first_knowledge says of the status
    merge       what first_knowledge says of the merge -#}
{% macro status_borne_at(record, is_merged, remembered, merge) -%}
    case
        when {{ is_merged }}
            then case
                when {{ remembered }}.first_dated_at < {{ merge }}.first_dated_at
                    then {{ remembered }}.first_dated_at
                else coalesce({{ record }}.created_at, {{ record }}.updated_at)
            end
        when {{ remembered }}.fact_key is not null then {{ remembered }}.first_dated_at
        else coalesce({{ record }}.updated_at, {{ record }}.created_at)
    end
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
