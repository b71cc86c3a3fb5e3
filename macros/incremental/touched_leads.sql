{#- The CTEs that make a model incremental by whole leads.

    inputs: list of {'relation', 'columns'} and optionally 'where': everything
    the model reads of a lead, with the columns that it uses; of a model that is
    itself incremental by leads its lead_version will do. A lead whose inputs
    read as they did when its rows were made is left alone; a lead whose inputs
    differ, or that is gone, is rebuilt whole. What was consumed is remembered on
    the rows themselves, as lead_version, so that a killed run, a partial selection
    or a repeated load cannot make a model believe what it has not done. A lead that
    gets no rows is not remembered: a model of which most leads have none stays a table.

    shared: list of the same shape: what is read of no lead in particular. Where it
    differs, or the model's own file does, all leads are rebuilt.

    Adds CTEs input_versions and touched_leads (lead_key, lead_version; version
    null where the lead is gone). -#}
{% macro touched_leads(inputs, shared=[]) -%}
input_versions as (

    select
        lead_key,
        '{{ local_md5(model.raw_code)[:8] }}:'
        {%- for input in shared %} || (
            select cast(coalesce(sum({{ lead_funnel.row_version(input['columns']) }}), 0) as string)
            from {{ input['relation'] }}
        ) || ':'
        {%- endfor %} || cast(sum(version) as string) as lead_version

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
