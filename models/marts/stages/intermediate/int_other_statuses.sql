{# What the CRM says of stages beside the status of its leads: in a second field of
   them, and in the status of contacts. One row per signal. A status without a history
   is dated by the first version that bore it; one that the history does not tell of by
   the record's last change, unless that is the merge of the record into another. #}
{% set is_merged = 'coalesce(current_statuses.merged_into_id != current_statuses.record_id, false)' %}
{% set second_fields = ['second_status', 'hs_lead_status'] %}

with

deleted_leads as (

    {{ deleted_leads(ref('stg_raw__crm_leads')) }}

),

changes as (

    select
        history_id,
        lead_id,
        old_value,
        new_value,
        changed_at,
        loaded_at,
        row_number() over (
            partition by lead_id
            order by changed_at desc, history_id desc
        ) as number_from_last

    from {{ ref('stg_raw__crm_lead_history') }}

    where
        lower(field_name) in ({{ literals(second_fields) }})
        and lead_id not in (select lead_id from deleted_leads)

),

{% set records = [
    ('crm_leads', 'crm_lead', 'lead_id', 'second_status', 'merged_into_lead_id'),
    ('crm_contacts', 'crm_contact', 'contact_id', 'status', 'merged_into_contact_id'),
] %}
current_statuses as (

    {% for table, identifier_type, id, column, merged_into in records %}
    select
        'current_{{ identifier_type }}_{{ column }}:' || {{ id }} as signal_id,
        '{{ table }}' as raw_table,
        '{{ column }}' as fact,
        {{ id }} as record_id,
        {{ identifier_key(identifier_type, id) }} as identifier_key,
        {{ column }} as raw_status,
        {{ merged_into }} as merged_into_id,
        '{{ merged_into }}' as merge_fact,
        created_at,
        updated_at,
        loaded_at,
        coalesce(source, '') as source

    from {{ ref('stg_raw__' ~ table) }}

    where
        {{ column }} is not null
        {% if table == 'crm_leads' %}
        and lead_id not in (select lead_id from deleted_leads)
        {% else %}
        and (merged_into_contact_id is not null or not coalesce(is_deleted, false))
        {% endif %}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        'second_status:' || history_id as signal_id,
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        lead_id as record_id,
        new_value as raw_status,
        changed_at as occurred_at,
        loaded_at,
        coalesce(old_value, '') = '' as is_initial

    from changes

    where new_value is not null and new_value != ''

    union all

    select
        current_statuses.signal_id,
        current_statuses.identifier_key,
        current_statuses.record_id,
        current_statuses.raw_status,
        case
            when changes.lead_id is null
                then {{ status_borne_at('current_statuses', is_merged, 'remembered', 'merges') }}
            else coalesce(current_statuses.updated_at, current_statuses.created_at)
        end as occurred_at,
        case
            when changes.lead_id is null and remembered.fact_key is not null
                then {{ counted_arrival('remembered.first_loaded_at', 'syncs') }}
            else current_statuses.loaded_at
        end as loaded_at,
        changes.lead_id is null as is_initial

    from current_statuses

    left join changes
        on
            current_statuses.fact = 'second_status'
            and current_statuses.record_id = changes.lead_id
            and changes.number_from_last = 1

    left join {{ ref('first_knowledge') }} as remembered
        on
            {{ fact_key(
                'current_statuses.raw_table',
                'current_statuses.record_id',
                'current_statuses.fact',
                'lower(current_statuses.raw_status)'
            ) }}
            = remembered.fact_key

    left join {{ ref('stg_raw__first_syncs') }} as syncs
        on
            current_statuses.raw_table = syncs.raw_table
            and current_statuses.source = syncs.source
            and {{ arrival_hour('remembered.first_loaded_at') }} = syncs.synced_hour

    left join {{ ref('first_knowledge') }} as merges
        on
            current_statuses.merged_into_id is not null
            and {{ fact_key(
                'current_statuses.raw_table',
                'current_statuses.record_id',
                'current_statuses.merge_fact',
                'current_statuses.merged_into_id'
            ) }}
            = merges.fact_key

    where
        changes.lead_id is null
        or (
            not {{ is_merged }}
            and changes.new_value is distinct from current_statuses.raw_status
            and current_statuses.updated_at > changes.changed_at
        )

)

select * from final
