{#- Makes a model incremental by whole leads. Wraps the CTEs that make the rows of a
    lead, the last of them `final`, and stands at the end of the model:

        {% call by_lead(inputs={'events': ref('lead_events')}, shared=['stages']) %}
        final as (select ... from events ... inner join stages ...)
        {% endcall %}

    inputs  by the name that the body reads it by, everything that the body reads of a
            lead: a model, or a CTE above. In an increment the body sees the rows of
            touched leads only. A CTE that keeps its own name is read as it is.
    shared  CTEs above that belong to no lead in particular: where a row of them
            differs, all leads are rebuilt.
    linked  CTEs above with rows of other leads, or of none. What a lead reads of them,
            or a version of it, must be part of the rows of an input.
    order_by
            how a whole build is sorted, so that looking one lead up is quick.
    versions
            by the name of an input, a CTE above with rows by lead that stand for its own, such
            as the lead_version of the model that they are taken from, or those of them that
            count: then they are made for touched leads alone.
    buckets_by
            a relation with about a row per lead, where a whole build is so large that it is
            made by buckets of leads.

    The rows of a lead are a function of the body as it is rendered and of the whole
    rows of its inputs, and of nothing else: the body may read only what is named
    here. So both make the lead_version, which is remembered on the rows themselves,
    and a lead is rebuilt where it differs, or where the lead is gone. A killed run, a
    partial selection or a repeated load cannot make a model believe what it has not
    done. A lead that gets no rows is not remembered: a model of which most leads have
    none stays a table. To be rebuilt for fewer reasons, read less: give a CTE of the
    columns that the body needs.

    Adds the column lead_version to final, and the CTEs input_versions,
    touched_leads (lead_key, lead_version; version null where the lead is gone) and
    versioned_rows. -#}
{% macro by_lead(inputs, shared=[], linked=[], order_by=none, versions={}, buckets_by=none) -%}
{%- set body = caller() -%}
{%- do lead_funnel._check_reads(body, inputs.keys() | list + shared + linked) -%}
input_versions as (

    select
        lead_key,
        '{{ local_md5(body)[:8] }}:'
        {%- for relation in shared %} || (
            select cast(coalesce(sum({{ lead_funnel.whole_row_version('given') }}), 0) as string)
            from {{ relation }} as given
        ) || ':'
        {%- endfor %} || cast(sum(version) as string) as lead_version

    from (
        {% for name, given in inputs.items() %}
        {%- set relation = versions.get(name, given) %}
        select
            lead_key,
            {%- set number = "'" ~ loop.index ~ "'" %}
            sum({{ lead_funnel.row_version([number, 'lead_version'])
                if lead_funnel._is_by_lead(relation)
                else lead_funnel.whole_row_version('given', number) }}) as version

        from {{ relation }} as given
        {%- if buckets_by and not is_incremental() %}

        where {{ lead_funnel.in_bucket('given.lead_key', buckets_by) }}
        {%- endif %}

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

),

{% for name, relation in inputs.items() if name != relation %}
{{ name }} as (

    select given.*

    from {{ relation }} as given

    {% if is_incremental() %}
    inner join touched_leads
        on given.lead_key = touched_leads.lead_key
    {% elif buckets_by %}
    where {{ lead_funnel.in_bucket('given.lead_key', buckets_by) }}
    {% endif %}

),

{% endfor %}
{{ body | trim }},

versioned_rows as (

    select
        final.*,
        touched_leads.lead_version

    from final

    inner join touched_leads
        on final.lead_key = touched_leads.lead_key

)

{{ lead_funnel.rebuilt_rows('versioned_rows', 'lead_key', 'touched_leads', order_by) }}
{%- endmacro %}

{#- Whether a relation is a model that is itself made by by_lead: its rows follow from
    their lead_version, so that this alone need be read. -#}
{% macro _is_by_lead(relation) %}
    {% set config = graph.get('nodes', {}).get('model.lead_funnel.' ~ relation.identifier, {}).get('config', {}) if execute and relation is not string else {} %}
    {{ return(config.get('incremental_strategy') == 'rebuild_whole' and config.get('unique_key') == 'lead_key') }}
{% endmacro %}

{#- Stops where CTEs read anything but each other and what is named: rows could not be
    told to be old when it changes. -#}
{% macro _check_reads(body, named) %}
    {# Words in texts, and `from` where it reads no table, are none of our business. #}
    {% set code = modules.re.sub("'(?:[^']|'')*'", "''", body) %}
    {% set code = modules.re.sub('(?i)\\bdistinct\\s+from\\b|\\bextract\\s*\\(\\s*\\w+\\s+from\\b', ' ', code) %}
    {% set own = modules.re.findall('(?m)^\\s*(\\w+) as \\(\\s*$', code) %}
    {% if modules.re.search('(?i)\\b(?:from|join)\\s+[\\w"`.]+(?:\\s+as\\s+\\w+)?\\s*,', code) %}
        {% do exceptions.raise_compiler_error('by_lead: the body lists tables with a comma. Write `cross join`, so that what it reads can be checked.') %}
    {% endif %}
    {% for read in modules.re.findall('(?i)\\b(?:from|join|table)\\b[(\\s]*([\\w"`][\\w"`.]*)', code) if read not in own + named + ['select', 'values'] %}
        {% do exceptions.raise_compiler_error('by_lead: the body reads ' ~ read ~ ', which is none of its inputs. Give it in inputs or shared, so that leads are rebuilt when it changes.') %}
    {% endfor %}
{% endmacro %}
