{# Tasks that were done, events that took place, and e-mails of which no task tells; one
   row per person they were with, one row where they were with nobody. #}
with

tasks as (

    {{ tool_rows('salesforce', ['task', 'tasks'], {
        'activity_id': ['id', 'Activity ID', 'Task ID'],
        'subtype': ['task_subtype'],
        'type': ['type', 'Activity Type'],
        'call_type': ['call_type'],
        'completed_at': ['completed_date_time', 'Completed Date/Time'],
        'due_at': ['activity_date', 'Date', 'Due Date'],
        'created_at': ['created_date'],
        'who_id': ['who_id', 'Name ID', 'Lead ID', 'Contact ID'],
        'what_id': ['what_id', 'Related To ID', 'Opportunity ID'],
        'rep_id': ['owner_id', 'Assigned ID', 'Assigned'],
        'outcome': ['call_disposition', 'Call Result'],
        'status': ['status'],
        'is_closed': ['is_closed', 'Closed'],
        'call_seconds': ['call_duration_in_seconds', 'Call Duration'],
    }) }}

),

events as (

    {{ tool_rows('salesforce', ['event', 'events'], {
        'activity_id': ['id', 'Activity ID', 'Event ID'],
        'type': ['type', 'Activity Type'],
        'started_at': ['start_date_time', 'Start', 'Start Date Time'],
        'activity_at': ['activity_date_time'],
        'activity_date': ['activity_date', 'Date'],
        'who_id': ['who_id', 'Name ID', 'Lead ID', 'Contact ID'],
        'what_id': ['what_id', 'Related To ID', 'Opportunity ID'],
        'rep_id': ['owner_id', 'Assigned ID', 'Assigned'],
        'minutes': ['duration_in_minutes', 'Duration'],
        'is_child': ['is_child'],
    }) }}

),

email_messages as (

    {{ tool_rows('salesforce', ['email_message', 'email_messages'], {
        'activity_id': ['id'],
        'task_id': ['activity_id'],
        'occurred_at': ['message_date', 'created_date'],
        'what_id': ['related_to_id'],
        'rep_id': ['created_by_id'],
        'is_incoming': ['incoming'],
        'status': ['status'],
    }) }}

),

{% for table, id in {'task': 'task_id', 'event': 'event_id', 'email_message': 'email_message_id'}.items() %}
{{ table }}_people as (

    {{ tool_rows('salesforce', [table ~ '_relation', table ~ '_relations', table ~ '_who_relation', table ~ '_who_relations'], {
        'relation_id': ['id'],
        'activity_id': [id],
        'person_id': ['relation_id'],
    }) }}

),

{% endfor %}

{# An e-mail is kept as a task too, where both are there. #}
activities as (

    select
        source,
        activity_id,
        case
            when lower(subtype) = 'call' then 'call'
            when lower(subtype) in ('email', 'listemail', 'list email') then 'email'
            when lower(subtype) in ('linkedin', 'linked in') then 'message'
            {# Dialers and mailers write what they log into the type. #}
            when lower(trim(type)) = 'call' then 'call'
            when lower(trim(type)) in ('email', 'e-mail') then 'email'
            else 'task'
        end as activity_type,
        case lower(call_type) when 'inbound' then 'inbound' when 'outbound' then 'outbound' end as direction,
        coalesce(completed_at, due_at, created_at) as occurred_at,
        who_id,
        what_id,
        rep_id,
        coalesce(outcome, status) as outcome,
        cast(round(try_cast(call_seconds as double) / 60) as bigint) as minutes,
        is_removed as is_deleted,
        loaded_at as row_loaded_at

    from tasks

    where coalesce({{ says_yes('is_closed') }}, lower(status) = 'completed', true)

    union all

    {# Of an event with several users each has a copy. #}
    select
        source,
        activity_id,
        case
            when lower(trim(type)) = 'call' then 'call'
            when lower(trim(type)) in ('email', 'e-mail') then 'email'
            else 'meeting'
        end as activity_type,
        cast(null as string) as direction,
        coalesce(started_at, activity_at, activity_date) as occurred_at,
        who_id,
        what_id,
        rep_id,
        cast(null as string) as outcome,
        cast(round(try_cast(minutes as double)) as bigint) as minutes,
        is_removed as is_deleted,
        loaded_at as row_loaded_at

    from events

    where not coalesce({{ says_yes('is_child') }}, false)

    union all

    {# Status 5 is a draft. #}
    select
        email_messages.source,
        email_messages.activity_id,
        'email' as activity_type,
        case
            when {{ says_yes('email_messages.is_incoming') }} then 'inbound'
            when not {{ says_yes('email_messages.is_incoming') }} then 'outbound'
        end as direction,
        email_messages.occurred_at,
        cast(null as string) as who_id,
        email_messages.what_id,
        email_messages.rep_id,
        cast(null as string) as outcome,
        cast(null as bigint) as minutes,
        email_messages.is_removed as is_deleted,
        email_messages.loaded_at as row_loaded_at

    from email_messages

    left join tasks
        on
            email_messages.source = tasks.source
            and email_messages.task_id = tasks.activity_id

    where tasks.activity_id is null and coalesce(email_messages.status, '') not in ('5', 'Draft')

),

timed as (

    {{ timed_activities('activities') }}

),

{# Leads begin with 00Q, contacts with 003; rooms and users are related too. #}
people as (

    select
        source,
        activity_id,
        who_id as person_id

    from activities

    where who_id is not null

    {% for table in ['task', 'event', 'email_message'] %}
    union distinct

    select
        source,
        activity_id,
        person_id

    from {{ table }}_people

    where
        {{ is_salesforce_id('person_id', ['00Q', '003']) }}
        and coalesce(is_removed, 'false') != 'true'
    {% endfor %}

),

{# Of 18 and 15 characters an id may be. #}
distinct_people as (

    select
        source,
        activity_id,
        max(person_id) as person_id

    from people

    group by source, activity_id, substr(person_id, 1, 15)

),

final as (

    select
        timed.source,
        timed.activity_id,
        timed.activity_type,
        timed.direction,
        timed.occurred_at,
        case when distinct_people.person_id like '00Q%' then distinct_people.person_id end as lead_id,
        case when distinct_people.person_id like '003%' then distinct_people.person_id end as contact_id,
        case when timed.what_id like '006%' then timed.what_id end as opportunity_id,
        timed.rep_id,
        timed.outcome,
        cast(timed.minutes as string) as duration_minutes,
        timed.is_completed,
        timed.is_deleted,
        timed.loaded_at

    from timed

    left join distinct_people
        on
            timed.source = distinct_people.source
            and timed.activity_id = distinct_people.activity_id

)

select * from final
