{# Changes of the fields that are read. Activities call a field as the screen does, and a
   company may have renamed it: lead_describe then tells its own name. #}
{% set fields = {
    'leadstatus': 'status',
    'personstatus': 'status',
    'leadsource': 'lead_source',
    'personsource': 'lead_source',
    'jobtitle': 'job_title',
    'title': 'job_title',
    'companyname': 'company_name',
    'company': 'company_name',
    'industry': 'industry',
    'numemployees': 'employee_count',
    'numberofemployees': 'employee_count',
    'country': 'country_code',
    'leadrating': 'rating',
    'unsubscribed': 'has_opted_out_of_email',
    'donotcall': 'do_not_call',
} %}
with

changes as (

    {{ tool_rows('marketo', ['activity_change_data_value', 'activities_change_data_value'], {
        'history_id': ['id', 'marketo_guid'],
        'lead_id': ['lead_id'],
        'attribute': ['primary_attribute_value', 'attribute_name'],
        'old_value': ['old_value'],
        'new_value': ['new_value'],
        'changed_at': ['activity_date'],
        'changed_by': ['modifying_user', 'source'],
    }, versions='all') }}

),

described as (

    {{ tool_rows('marketo', ['lead_describe'], {
        'rest_name': ['rest_name', 'rest__name'],
        'display_name': ['display_name'],
    }) }}

),

own_names as (

    select
        source,
        display_name,
        min(rest_name) as rest_name

    from described

    where display_name is not null

    group by source, display_name

),

named as (

    select
        changes.*,
        {{ replace_all("lower(coalesce(own_names.rest_name, changes.attribute))", "'[^a-z]'") }} as attribute_name

    from changes

    left join own_names
        on
            changes.source = own_names.source
            and changes.attribute = own_names.display_name

),

final as (

    select
        source,
        history_id,
        lead_id,
        case attribute_name
            {% for attribute, field in fields.items() %}
            when '{{ attribute }}' then '{{ field }}'
            {% endfor %}
        end as field_name,
        old_value,
        new_value,
        changed_at,
        changed_by,
        loaded_at

    from named

    where attribute_name in ({{ literals(fields) }})

)

select * from final
