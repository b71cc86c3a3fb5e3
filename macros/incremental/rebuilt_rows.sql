{#- The last line of an incremental model: its rows and, in an increment, one
    empty row for each lead or part that is rebuilt, by which the old rows are found.
    A whole build may sort, so that looking one lead up is quick. -#}
{% macro rebuilt_rows(rows, key, rebuilt, order_by=none) -%}
select * from {{ rows }}
{% if is_incremental() %}

union all by name

select {{ key }} from {{ rebuilt }}
{% elif order_by %}
order by {{ order_by }}
{% endif %}
{%- endmacro %}

{#- The strategy: the old rows of what is rebuilt go, the new ones come, in one
    transaction. Rows without a version only named what is rebuilt; records that
    are in a rebuilt part and in others are rewritten in all of them. -#}
{% macro get_incremental_rebuild_whole_sql(arguments, by_record=false) -%}
    {%- set target_relation, temp = arguments['target_relation'], arguments['temp_relation'] -%}
    {%- set key = arguments['unique_key'] -%}
    {%- set version = (key | replace('_key', '')) ~ '_version' -%}
    {%- set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ target_relation }}
    where {{ key }} in (select {{ key }} from {{ temp }} where {{ version }} is null);

    {% if by_record -%}
    delete from {{ target_relation }}
    where record_key in (select record_key from {{ temp }});

    {% endif -%}
    insert into {{ target_relation }} ({{ columns }})
    select {{ columns }}
    from {{ temp }}
    where {{ version }} is not null;
{%- endmacro %}

{% macro get_incremental_rebuild_records_sql(arguments) -%}
    {{ lead_funnel.get_incremental_rebuild_whole_sql(arguments, by_record=true) }}
{%- endmacro %}
