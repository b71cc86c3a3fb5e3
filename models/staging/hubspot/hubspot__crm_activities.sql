{# One row per engagement and contact it was with; one row where it was with none. Tables
   by kind of engagement, and the table of all of them that older loads have. #}
{% set kinds = {
    'call': {
        'tables': ['engagement_call', 'engagements_calls', 'calls'],
        'direction': ['hs_call_direction', 'Call Direction'],
        'outcome': ['hs_call_disposition', 'disposition', 'Call Outcome'],
        'duration': ['hs_call_duration', 'duration_milliseconds', 'Call Duration'],
    },
    'email': {
        'tables': ['engagement_email', 'engagements_emails', 'emails'],
        'direction': ['hs_email_direction', 'Email Direction'],
        'outcome': ['hs_email_status', 'status', 'Email Send Status'],
    },
    'meeting': {
        'tables': ['engagement_meeting', 'engagements_meetings', 'meetings'],
        'outcome': ['hs_meeting_outcome', 'meeting_outcome'],
        'started_at': ['hs_meeting_start_time', 'start_time', 'Meeting Start Time'],
    },
    'note': {
        'tables': ['engagement_note', 'engagements_notes', 'notes'],
    },
    'task': {
        'tables': ['engagement_task', 'engagements_tasks', 'tasks'],
        'outcome': ['hs_task_status', 'status', 'Task Status'],
        'started_at': ['hs_task_completion_date', 'completion_date', 'Completed at'],
    },
    'message': {
        'tables': ['engagement_communication', 'engagements_communications', 'communications'],
        'outcome': ['hs_communication_channel_type', 'Channel Type'],
    },
} %}
with

engagements as (

    {{ tool_rows('hubspot', ['engagement', 'engagements'], {
        'activity_id': ['id', 'engagement_id', 'engagement__id'],
        'type': ['type', 'engagement__type', 'engagement_type'],
        'occurred_at': ['timestamp', 'engagement__timestamp', 'engagement_timestamp'],
        'created_at': ['created_at', 'engagement__createdat', 'engagement_createdat'],
        'rep_id': ['owner_id', 'engagement__ownerid', 'engagement_ownerid'],
        'status': ['metadata__status', 'metadata_status'],
        'contact_ids': ['associations_contactids', 'associations__contactids'],
        'opportunity_ids': ['associations_dealids', 'associations__dealids'],
    }) }}

),

{% for kind, names in kinds.items() %}
{{ kind }}_rows as (

    {{ tool_rows('hubspot', names['tables'], {
        'activity_id': ['engagement_id', 'id', 'hs_object_id', 'Record ID', 'Record ID - ' ~ kind | title],
        'occurred_at': ['hs_timestamp', 'timestamp', 'Activity date', 'Due date'],
        'created_at': ['hs_createdate', 'createdAt', 'Create Date'],
        'started_at': names.get('started_at', []),
        'rep_id': ['hubspot_owner_id', 'owner_id', 'Activity assigned to', 'Assigned to'],
        'direction': names.get('direction', []),
        'outcome': names.get('outcome', []),
        'duration': names.get('duration', []),
        'contact_ids': ['contacts', 'Associated Contact IDs'],
        'opportunity_ids': ['deals', 'Associated Deal IDs'],
    }) }}

),

{% endfor %}
engagement_contacts as (

    {{ tool_rows('hubspot', ['engagement_contact', 'engagement_contacts'], {
        'activity_id': ['engagement_id'],
        'contact_id': ['contact_id'],
    }) }}

),

engagement_deals as (

    {{ tool_rows('hubspot', ['engagement_deal', 'engagement_deals'], {
        'activity_id': ['engagement_id'],
        'opportunity_id': ['deal_id'],
    }) }}

),

by_kind as (

    {% for kind in kinds %}
    select
        source,
        activity_id,
        '{{ kind }}' as activity_type,
        {{ 'coalesce(started_at, occurred_at)' if kind in ['task', 'meeting'] else 'occurred_at' }} as occurred_at,
        created_at,
        rep_id,
        direction,
        outcome,
        duration,
        contact_ids,
        opportunity_ids,
        loaded_at,
        is_removed

    from {{ kind }}_rows
    {% if not loop.last %}

    union all

    {% endif %}
    {% endfor %}

),

{# What only the table of all engagements holds is of the kind that it says. #}
activities as (

    select
        coalesce(by_kind.source, engagements.source) as source,
        coalesce(by_kind.activity_id, engagements.activity_id) as activity_id,
        coalesce(by_kind.activity_type, case upper(engagements.type)
            when 'CALL' then 'call'
            when 'EMAIL' then 'email'
            when 'INCOMING_EMAIL' then 'email'
            when 'FORWARDED_EMAIL' then 'email'
            when 'MEETING' then 'meeting'
            when 'NOTE' then 'note'
            when 'TASK' then 'task'
            else 'message'
        end) as activity_type,
        coalesce(
            by_kind.occurred_at, engagements.occurred_at, by_kind.created_at, engagements.created_at
        ) as occurred_at,
        coalesce(by_kind.rep_id, engagements.rep_id) as rep_id,
        upper(coalesce(by_kind.direction, engagements.type)) as direction,
        coalesce(by_kind.outcome, engagements.status) as outcome,
        by_kind.duration,
        coalesce(by_kind.contact_ids, engagements.contact_ids) as contact_ids,
        coalesce(by_kind.opportunity_ids, engagements.opportunity_ids) as opportunity_ids,
        coalesce(by_kind.loaded_at, engagements.loaded_at) as row_loaded_at,
        case
            when by_kind.is_removed = 'true' or engagements.is_removed = 'true' then 'true'
            else coalesce(by_kind.is_removed, engagements.is_removed)
        end as is_deleted

    from by_kind

    full outer join engagements
        on
            by_kind.source = engagements.source
            and by_kind.activity_id = engagements.activity_id

),

{# What did not happen is no activity: a task not done, a meeting called off, a message
   not sent. Of tasks whose status nobody keeps, all are taken. #}
happened as (

    select *
    from activities

    where
        not (activity_type = 'task' and upper(coalesce(outcome, 'COMPLETED')) != 'COMPLETED')
        and not (
            activity_type = 'meeting'
            and upper(coalesce(outcome, '')) in ('CANCELED', 'CANCELLED', 'RESCHEDULED')
        )
        and not (
            activity_type = 'email'
            and upper(coalesce(outcome, '')) in ('FAILED', 'SCHEDULED', 'SENDING')
        )

),

timed as (

    {{ timed_activities('happened') }}

),

people as (

    select
        source,
        activity_id,
        contact_id

    from engagement_contacts

    where coalesce(is_removed, 'false') != 'true'

    union distinct

    select
        source,
        activity_id,
        contact_id

    from (
        select
            source,
            activity_id,
            {{ words('contact_ids') }} as contact_id

        from activities

        where contact_ids is not null
    ) as listed

    where contact_id != ''

),

{# Of several deals, the one that was made first. #}
deals as (

    select
        source,
        activity_id,
        opportunity_id,
        row_number() over (
            partition by source, activity_id
            order by length(opportunity_id), opportunity_id
        ) as deal_rank

    from engagement_deals

    where coalesce(is_removed, 'false') != 'true'

),

final as (

    select
        timed.source,
        timed.activity_id,
        timed.activity_type,
        case
            when timed.activity_type = 'call' and timed.direction in ('INBOUND', 'OUTBOUND')
                then lower(timed.direction)
            when timed.activity_type = 'email' and timed.direction = 'INCOMING_EMAIL' then 'inbound'
            when
                timed.activity_type = 'email'
                and timed.direction in ('EMAIL', 'FORWARDED_EMAIL')
                then 'outbound'
        end as direction,
        timed.occurred_at,
        people.contact_id as lead_id,
        coalesce(deals.opportunity_id, {{ first_id('timed.opportunity_ids') }}) as opportunity_id,
        timed.rep_id,
        {# How a call went is kept by an id; these are the ones that HubSpot ships. #}
        case lower(timed.outcome)
            when '9d9162e7-6cf3-4944-bf63-4dff82258764' then 'Busy'
            when 'f240bbac-87c9-4f6e-bf70-924b57d47db7' then 'Connected'
            when 'a4c4c377-d246-4b32-a13b-75a56a4cd0ff' then 'Left live message'
            when 'b2cf5968-551e-4856-9783-52b3da59a7d0' then 'Left voicemail'
            when '73a0d17f-1163-4015-bdd5-ec830791da20' then 'No answer'
            when '17b47fee-58de-441e-a44c-c6300d46f273' then 'Wrong number'
            else timed.outcome
        end as outcome,
        cast(cast(round(try_cast(timed.duration as double) / 60000) as bigint) as string) as duration_minutes,
        timed.is_completed,
        timed.is_deleted,
        timed.loaded_at

    from timed

    left join people
        on
            timed.source = people.source
            and timed.activity_id = people.activity_id

    left join deals
        on
            timed.source = deals.source
            and timed.activity_id = deals.activity_id
            and deals.deal_rank = 1

)

select * from final
