{# When the CRM first said what its records point to: an address, a contact, an
   account, another lead. A record that was corrected says now what it did not
   say when it first came, and identity must not know it any earlier. Taken from
   every version of a record; staging keeps the last one only. #}
{% set pointing = {
    'crm_leads': {
        'key': 'lead_id',
        'columns': [
            'email', 'converted_contact_id', 'converted_account_id',
            'merged_into_lead_id',
        ],
    },
    'crm_contacts': {
        'key': 'contact_id',
        'columns': ['email', 'account_id'],
    },
    'crm_opportunities': {
        'key': 'opportunity_id',
        'columns': ['lead_id', 'contact_id'],
    },
} %}

with

{% for table, names in pointing.items() %}
{{ table }} as (

    select
        {{ names['key'] }} as record_id,
        {{ names['columns'] | join(',\n        ') }},
        min(arrived_at) as first_loaded_at

    from {{ ref('base_raw__' ~ table) }}

    where reject_reason is null

    group by
        {{ names['key'] }},
        {{ names['columns'] | join(',\n        ') }}

),

{% endfor %}
pointers as (

    {% for table, names in pointing.items() %}
    {% set is_last_table = loop.last %}
    {% for column in names['columns'] %}
    select
        '{{ table }}' as raw_table,
        '{{ column }}' as column_name,
        record_id,
        {{ column }} as value,
        first_loaded_at

    from {{ table }}

    where {{ column }} is not null

    {% if not (is_last_table and loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

),

final as (

    select
        raw_table,
        column_name,
        record_id,
        value,
        min(first_loaded_at) as first_loaded_at

    from pointers

    group by 1, 2, 3, 4

)

select * from final
