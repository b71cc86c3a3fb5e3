{# When the CRM first said what its records point to: an address, a contact, an
   account, another lead; of an account, what kind of firm it is. A record that was corrected says now what it did not
   say when it first came, and identity must not know it any earlier. Taken from
   every version of a record, also those that the raw tables held before; staging
   keeps the last one only. #}
{% set columns = {
    'crm_leads': [
        'email', 'account_id', 'converted_contact_id', 'converted_account_id',
        'merged_into_lead_id',
    ],
    'crm_contacts': ['email', 'account_id', 'merged_into_contact_id'],
    'crm_opportunities': ['lead_id', 'contact_id'],
    'crm_accounts': ['name', 'industry', 'employee_count', 'country_code'],
} %}
{% set arrived_at = 'least(first_pointers.first_loaded_at, remembered.first_loaded_at)' %}

with

{% for table, key in crm_record_keys().items() %}
{{ table }} as (

    select
        {{ key }} as record_id,
        coalesce(source, '') as source,
        {{ columns[table] | join(',\n        ') }},
        min(arrived_at) as first_loaded_at

    from {{ ref('base_raw__' ~ table) }}

    where reject_reason is null

    group by
        {{ key }},
        coalesce(source, ''),
        {{ columns[table] | join(',\n        ') }}

),

{% endfor %}
merges as (

    {{ merged_leads(ref('base_raw__crm_leads')) }}

),

pointers as (

    select
        'crm_leads' as raw_table,
        'merged_lead_id' as column_name,
        lead_id as record_id,
        coalesce(source, '') as source,
        merged_lead_id as value,
        arrived_at as first_loaded_at

    from merges

    where reject_reason is null

    union all

    {% for table, key in crm_record_keys().items() %}
    {% set is_last_table = loop.last %}
    {% for column in columns[table] %}
    select
        '{{ table }}' as raw_table,
        '{{ column }}' as column_name,
        record_id,
        source,
        cast({{ column }} as string) as value,
        first_loaded_at

    from {{ table }}

    where {{ column }} is not null

    {% if not (is_last_table and loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

),

first_pointers as (

    select
        raw_table,
        column_name,
        record_id,
        value,
        min(source) as source,
        min(first_loaded_at) as first_loaded_at

    from pointers

    group by 1, 2, 3, 4

),

final as (

    select
        first_pointers.raw_table,
        first_pointers.column_name,
        first_pointers.record_id,
        first_pointers.value,
        {{ counted_arrival(arrived_at, 'syncs') }} as first_loaded_at

    from first_pointers

    left join {{ ref('first_knowledge') }} as remembered
        on
            {{ fact_key(
                'first_pointers.raw_table',
                'first_pointers.record_id',
                'first_pointers.column_name',
                'first_pointers.value'
            ) }}
            = remembered.fact_key

    left join {{ ref('stg_raw__first_syncs') }} as syncs
        on
            first_pointers.raw_table = syncs.raw_table
            and first_pointers.source = syncs.source
            and {{ arrival_hour(arrived_at) }} = syncs.synced_hour

)

select * from final
