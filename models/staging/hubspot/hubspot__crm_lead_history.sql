{# Changes of the fields that are read, from the history of properties; of contacts
   whose lifecycle stage has none, from the days on which they entered each stage. #}
{% set fields = {
    'lifecyclestage': 'status',
    'hs_lead_status': 'second_status',
    'hubspot_owner_id': 'owner_id',
    'jobtitle': 'job_title',
    'company': 'company_name',
    'industry': 'industry',
    'numemployees': 'employee_count',
    'country': 'country_code',
    'hs_analytics_source': 'lead_source',
    'hs_email_optout': 'has_opted_out_of_email',
} %}
{% set stages = {
    'subscriber': 'Subscriber',
    'lead': 'Lead',
    'marketingqualifiedlead': 'Marketing Qualified Lead',
    'salesqualifiedlead': 'Sales Qualified Lead',
    'opportunity': 'Opportunity',
    'customer': 'Customer',
    'evangelist': 'Evangelist',
    'other': 'Other',
} %}
{% set entered_names = {'lead_id': ['id', 'vid', 'contact_id', 'hs_object_id', 'Record ID', 'Record ID - Contact']} %}
{% for stage, label in stages.items() %}
    {% do entered_names.update({stage: hubspot_names('hs_lifecyclestage_' ~ stage ~ '_date', [
        'hs_v2_date_entered_' ~ stage, 'hs_date_entered_' ~ stage,
        'Became a ' ~ label ~ ' Date', 'Became an ' ~ label ~ ' Date',
    ])}) %}
{% endfor %}
with

property_changes as (

    {{ tool_rows('hubspot', ['contact_property_history', 'contacts_property_history'], {
        'contact_id': ['contact_id', 'vid', 'object_id', 'id'],
        'property_name': ['name', 'property', 'property_name'],
        'value': ['value'],
        'changed_at': ['timestamp'],
        'changed_by': ['source_id', 'updated_by_user_id'],
    }, versions='all') }}

),

entered_stages as (

    {{ tool_rows('hubspot', ['contact', 'contacts'], entered_names) }}

),

told_changes as (

    select
        source,
        contact_id || '|' || changed_at || '|' || property_name as history_id,
        contact_id as lead_id,
        case property_name
            {% for property, field in fields.items() %}
            when '{{ property }}' then '{{ field }}'
            {% endfor %}
        end as field_name,
        value,
        changed_at,
        changed_by,
        loaded_at

    from property_changes

    where property_name in ({{ literals(fields) }})

),

told_statuses as (

    select distinct
        source,
        lead_id

    from told_changes

    where field_name = 'status'

),

stage_entries as (

    {% for stage in stages %}
    select
        source,
        lead_id,
        '{{ stage }}' as value,
        {{ loop.index }} as stage_order,
        {{ stage }} as changed_at,
        loaded_at

    from entered_stages

    where {{ stage }} is not null
    {% if not loop.last %}

    union all

    {% endif %}
    {% endfor %}

),

final as (

    select
        source,
        history_id,
        lead_id,
        field_name,
        lag(value) over (
            partition by source, lead_id, field_name
            order by changed_at, history_id
        ) as old_value,
        value as new_value,
        changed_at,
        changed_by,
        loaded_at

    from told_changes

    union all

    select
        stage_entries.source,
        stage_entries.lead_id || '|' || stage_entries.value as history_id,
        stage_entries.lead_id,
        'status' as field_name,
        lag(stage_entries.value) over (
            partition by stage_entries.source, stage_entries.lead_id
            order by stage_entries.changed_at, stage_entries.stage_order
        ) as old_value,
        stage_entries.value as new_value,
        stage_entries.changed_at,
        cast(null as string) as changed_by,
        stage_entries.loaded_at

    from stage_entries

    left join told_statuses
        on
            stage_entries.source = told_statuses.source
            and stage_entries.lead_id = told_statuses.lead_id

    where told_statuses.lead_id is null

)

select * from final
