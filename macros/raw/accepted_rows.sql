{#- One row a key out of a base model: the version that counts.
    without_deleted  whether records that the CRM deleted are left out
    merged_into      column that names the record that one was merged into: it is left out too
    known            what first_knowledge knows of these records, as a list: its relation, the
                     raw table and the column of their key. A record that was there before
                     the raw table came to hold another version of it arrived then.
    synced           of a table whose arrivals say when its rows were known, as a list: the
                     relation of stg_raw__first_syncs and the raw table. Then loaded_at and
                     first_loaded_at are as counted_arrival has them; in the columns given,
                     loaded_at is when the row really arrived. -#}
{% macro accepted_rows(relation, columns, without_deleted=false, merged_into=none, known=none, synced=none) -%}
{%- set loaded_at = 'records.loaded_at' -%}
{%- set first_loaded_at = 'least(records.first_loaded_at, remembered_at)' if known else 'records.first_loaded_at' -%}
select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    {{ lead_funnel.counted_arrival(loaded_at, 'syncs') if synced else loaded_at }} as loaded_at,
    {{ lead_funnel.counted_arrival(first_loaded_at, 'first_syncs') if synced else first_loaded_at }} as first_loaded_at,
    version_count

from {{ relation }} as records
{%- if known %}
{%- set remembering, raw_table, key_column = known %}

left join (
    select
        fact_key,
        first_loaded_at as remembered_at

    from {{ remembering }}
) as remembered
    on {{ lead_funnel.fact_key("'" ~ raw_table ~ "'", 'records.' ~ key_column, "'record'", "''") }} = remembered.fact_key
{%- endif %}
{%- if synced %}
{%- for alias, arrived_at in [('syncs', loaded_at), ('first_syncs', first_loaded_at)] %}

left join {{ lead_funnel.first_syncs_of(synced[0], synced[1]) }} as {{ alias }}
    on
        coalesce(records.source, '') = {{ alias }}.synced_source
        and {{ lead_funnel.arrival_hour(arrived_at) }} = {{ alias }}.synced_hour
{%- endfor %}
{%- endif %}

where
    is_accepted
    {%- if without_deleted %}
    and not coalesce(is_deleted, false)
    {%- endif %}
    {%- if merged_into %}
    and {{ merged_into }} is null
    {%- endif %}
{%- endmacro %}

{#- The columns of a CRM record, for accepted_rows. A record without the time at which it
    was made was made when it last changed or, where that is earlier, when it was first
    loaded: later changes do not make it younger. -#}
{% macro record_columns(raw_table) %}
    {% set columns = [] %}
    {% for name in lead_funnel.raw_columns(raw_table) %}
        {% if name in lead_funnel.raw_tables()[raw_table].get('fallbacks', {}) %}
            {% do columns.append(
                "case when unreadable_values like '%|" ~ name ~ "=(empty)%' then least(" ~ name ~ ", first_loaded_at) else " ~ name ~ " end as " ~ name
            ) %}
        {% else %}
            {% do columns.append(name) %}
        {% endif %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{#- The key of an activity as an event of one of its people. -#}
{% macro activity_event_key() -%}
    case when member_number = 1 then record_key else {{ lead_funnel.key(["cast(record_key as string) || ':' || coalesce(lead_id, '') || ':' || coalesce(contact_id, '')"]) }} end
{%- endmacro %}
