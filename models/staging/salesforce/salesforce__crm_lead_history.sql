{# Changes of the fields that Salesforce tracks and that are read. Of leads whose status
   is not tracked, the days that a company stamps itself: mql_at, sal_at, sql_at. #}
{% set fields = {
    'status': 'status',
    'leadstatus': 'status',
    'owner': 'owner_id',
    'ownerid': 'owner_id',
    'leadowner': 'owner_id',
    'leadsource': 'lead_source',
    'title': 'job_title',
    'company': 'company_name',
    'industry': 'industry',
    'rating': 'rating',
    'numberofemployees': 'employee_count',
    'noofemployees': 'employee_count',
    'companyaccount': 'company_name',
    'countrycode': 'country_code',
    'country': 'country_code',
    'hasoptedoutofemail': 'has_opted_out_of_email',
    'donotcall': 'do_not_call',
} %}
{% set owner_words = ['owner', 'ownerid', 'leadowner'] %}
{% set stamps = {'mql_at': 'MQL', 'sal_at': 'SAL', 'sql_at': 'SQL'} %}
with

changes as (

    {{ tool_rows('salesforce', ['lead_history', 'lead_histories'], {
        'history_id': ['id'],
        'lead_id': ['lead_id'],
        'field': ['field', 'Field / Event'],
        'old_value': ['old_value'],
        'new_value': ['new_value'],
        'changed_at': ['created_date', 'Edit Date'],
        'changed_by': ['created_by_id', 'Edited By'],
    }, versions='all') }}

),

leads as (

    {{ tool_rows('salesforce', ['lead', 'leads'], {
        'lead_id': ['id', 'Lead ID'],
        'mql_at': ['first_mql_date__c', 'mql_date__c', 'mql_at__c', 'MQL Date'],
        'sal_at': ['first_sal_date__c', 'sal_date__c', 'sal_at__c', 'SAL Date'],
        'sql_at': ['first_sql_date__c', 'sql_date__c', 'sql_at__c', 'SQL Date'],
    }) }}

),

named_changes as (

    select
        *,
        {{ replace_all('lower(field)', "'[^a-z]'") }} as field_word

    from changes

),

read_changes as (

    select
        *,
        case
            when field_word in ({{ literals(owner_words) }}) and {{ is_salesforce_id('new_value', ['005', '00G']) }}
                then 1
            else 0
        end as names_an_id

    from named_changes

    where field_word in ({{ literals(fields) }})

),

{# Each change of an owner is kept twice, with names and with ids; ids count. A report
   has names only. #}
owner_moments as (

    select distinct
        source,
        lead_id,
        changed_at

    from read_changes

    where names_an_id = 1

),

told as (

    select
        read_changes.source,
        coalesce(
            read_changes.history_id,
            read_changes.lead_id || '|' || read_changes.changed_at || '|' || read_changes.field
        ) as history_id,
        read_changes.lead_id,
        case read_changes.field_word
            {% for field, name in fields.items() %}
            when '{{ field }}' then '{{ name }}'
            {% endfor %}
        end as field_name,
        read_changes.old_value,
        read_changes.new_value,
        read_changes.changed_at,
        read_changes.changed_by,
        read_changes.loaded_at

    from read_changes

    left join owner_moments
        on
            read_changes.source = owner_moments.source
            and read_changes.lead_id = owner_moments.lead_id
            and read_changes.changed_at = owner_moments.changed_at

    where
        read_changes.field_word not in ({{ literals(owner_words) }})
        or read_changes.names_an_id = 1
        or owner_moments.lead_id is null

),

told_statuses as (

    select distinct
        source,
        lead_id

    from told

    where field_name = 'status'

),

stamped as (

    {% for stamp, status in stamps.items() %}
    select
        source,
        lead_id,
        '{{ status }}' as status,
        {{ loop.index }} as stage_order,
        {{ stamp }} as changed_at,
        loaded_at

    from leads

    where {{ stamp }} is not null
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
        old_value,
        new_value,
        changed_at,
        changed_by,
        loaded_at

    from told

    union all

    select
        stamped.source,
        stamped.lead_id || '|' || stamped.status as history_id,
        stamped.lead_id,
        'status' as field_name,
        lag(stamped.status) over (
            partition by stamped.source, stamped.lead_id
            order by stamped.changed_at, stamped.stage_order
        ) as old_value,
        stamped.status as new_value,
        stamped.changed_at,
        cast(null as string) as changed_by,
        stamped.loaded_at

    from stamped

    left join told_statuses
        on
            stamped.source = told_statuses.source
            and stamped.lead_id = told_statuses.lead_id

    where told_statuses.lead_id is null

)

select * from final
