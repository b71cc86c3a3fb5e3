{{ config(
    materialized=lead_materialization(),
    incremental_strategy='remember',
    unique_key='fact_key',
    full_refresh=false
) }}

{# What was first known of CRM records, and when: remembered, because a table that a
   loader updates in place, or a file that is replaced, no longer holds what it said
   before. No full refresh forgets it. Nothing but hashes and times is kept, and of
   whoever asks to be forgotten nothing. #}
{% set pointers = {
    'crm_leads': [
        'email', 'account_id', 'converted_contact_id', 'converted_account_id', 'merged_into_lead_id',
    ],
    'crm_contacts': ['email', 'account_id', 'merged_into_contact_id'],
    'crm_opportunities': ['lead_id', 'contact_id'],
    'crm_accounts': ['name', 'industry', 'employee_count', 'country_code'],
} %}
{% set statuses = {'crm_leads': ['status', 'second_status'], 'crm_contacts': ['status']} %}
{# Named in any case, so that dbt knows of it before there is anything to remember. #}
{% set bounds = load_bounds('crm_leads') %}

with

{% for table, key_column in crm_record_keys().items() %}
{{ table }} as (

    select
        '{{ table }}' as raw_table,
        {{ key(["'key:' || " ~ key_column]) }} as row_hash,
        {{ key_column }} as record_id,
        {% for column in pointers[table] %}
        cast({{ column }} as string) as {{ column }},
        {% endfor %}
        {% for column in statuses.get(table, []) %}
        {{ column }},
        {% endfor %}
        coalesce(updated_at, created_at) as dated_at,
        arrived_at

    from {{ ref('base_raw__' ~ table) }}

    where reject_reason is null

),

{% endfor %}
merges as (

    {{ merged_leads(ref('base_raw__crm_leads')) }}

),

facts as (

    {% for table in crm_record_keys() %}
    {# The record itself; of a person also the status. #}
    select raw_table, row_hash, record_id, 'record' as fact, '' as value, dated_at, arrived_at
    from {{ table }}

    union all

    {% for column in statuses.get(table, []) %}
    select raw_table, row_hash, record_id, '{{ column }}' as fact, lower({{ column }}) as value, dated_at, arrived_at
    from {{ table }}
    where {{ column }} is not null

    union all

    {% endfor %}
    {% for column in pointers[table] %}
    select raw_table, row_hash, record_id, '{{ column }}' as fact, {{ column }} as value, dated_at, arrived_at
    from {{ table }}
    where {{ column }} is not null

    union all

    {% endfor %}
    {% endfor %}
    select
        'crm_leads' as raw_table,
        {{ key(["'key:' || lead_id"]) }} as row_hash,
        lead_id as record_id,
        'merged_lead_id' as fact,
        merged_lead_id as value,
        coalesce(updated_at, created_at) as dated_at,
        arrived_at

    from merges

    where reject_reason is null

),

erased as (

    select distinct
        raw_table,
        row_hash

    from {{ ref('erased_rows') }}

),

told as (

    select
        {{ fact_key('raw_table', 'record_id', 'fact', 'value') }} as fact_key,
        raw_table,
        row_hash,
        min(dated_at) as first_dated_at,
        min(arrived_at) as first_loaded_at

    from facts

    group by 1, raw_table, row_hash

),

{% if is_incremental() %}
{# Only what is news, and what is to be forgotten, as a fact without a time: what names
   erased people, and what is said to have been learned in the future. #}
final as (

    select
        told.fact_key,
        told.raw_table,
        told.row_hash,
        least(told.first_dated_at, remembered.first_dated_at) as first_dated_at,
        least(told.first_loaded_at, remembered.first_loaded_at) as first_loaded_at

    from told

    left join {{ this }} as remembered
        on told.fact_key = remembered.fact_key

    where
        remembered.fact_key is null
        or told.first_loaded_at < remembered.first_loaded_at
        or told.first_dated_at < remembered.first_dated_at

    union all

    select
        remembered.fact_key,
        remembered.raw_table,
        remembered.row_hash,
        cast(null as timestamp) as first_dated_at,
        cast(null as timestamp) as first_loaded_at

    from {{ this }} as remembered

    cross join {{ bounds }} as bounds

    left join erased
        on
            remembered.raw_table = erased.raw_table
            and remembered.row_hash = erased.row_hash

    where
        erased.row_hash is not null
        or remembered.first_loaded_at > bounds.ahead_from

)
{% else %}
final as (

    select * from told

)
{% endif %}

select * from final
