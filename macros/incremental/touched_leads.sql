{#- The CTEs that make a model incremental by whole leads.

    inputs: list of {'relation', 'columns'} and optionally 'where': everything
    the model reads of a lead, with the columns that it uses. A lead whose inputs
    read as they did when its rows were made is left alone; a lead whose inputs
    differ, or that is gone, is rebuilt whole. What was consumed is remembered on
    the rows themselves, as lead_version, so that a killed run, a partial selection
    or a repeated load cannot make a model believe what it has not done.

    Adds CTEs input_versions and touched_leads (lead_key, lead_version; version
    null where the lead is gone). -#}
{% macro touched_leads(inputs) -%}
input_versions as (

    select
        lead_key,
        cast(sum(version) as string) as lead_version

    from (
        {% for input in inputs %}
        select
            lead_key,
            sum({{ lead_funnel.row_version(["'" ~ loop.index ~ "'"] + input['columns']) }}) as version

        from {{ input['relation'] }}

        {% if input.get('where') %}
        where {{ input['where'] }}
        {% endif %}

        group by lead_key

        {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ) as versions

    group by lead_key

),

touched_leads as (

    {% if is_incremental() %}
    select
        coalesce(input_versions.lead_key, stored_versions.lead_key) as lead_key,
        input_versions.lead_version

    from input_versions

    full outer join (
        select
            lead_key,
            max(lead_version) as lead_version

        from {{ this }}

        group by lead_key
    ) as stored_versions
        on input_versions.lead_key = stored_versions.lead_key

    where input_versions.lead_version is distinct from stored_versions.lead_version
    {% else %}
    select
        lead_key,
        lead_version

    from input_versions
    {% endif %}

)
{%- endmacro %}

{#- The last line of an incremental model: its rows and, in an increment, one
    empty row for each touched lead, by which the old rows are found. A whole
    build may sort, so that looking one lead up is quick. -#}
{% macro rebuilt_rows(order_by=none) -%}
select * from final
{% if is_incremental() %}

union all by name

select lead_key from touched_leads
{% elif order_by %}
order by {{ order_by }}
{% endif %}
{%- endmacro %}

{#- The strategy: the old rows of the touched leads go, the new ones come, in one
    transaction. Rows without a version only named a lead. -#}
{% macro get_incremental_rebuild_leads_sql(arguments) -%}
    {%- set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments['target_relation'] }}
    where lead_key in (select lead_key from {{ arguments['temp_relation'] }});

    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arguments['temp_relation'] }}
    where lead_version is not null;
{%- endmacro %}
