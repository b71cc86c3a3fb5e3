{# Steps of leads in programs that count as success: whoever was only invited did nothing. #}
{% set no_responses = [
    'sent', 'invited', 'pending approval', 'waitlisted', 'rejected', 'no show', 'not in program', 'member', 'on list',
    'unsubscribed', 'bounced',
] %}
with

steps as (

    {{ tool_rows('marketo', [
        'activity_change_status_in_progression', 'activities_change_status_in_progression',
        'activity_change_program_member_status', 'activities_change_program_status',
    ], {
        'response_id': ['id', 'marketo_guid'],
        'crm_lead_id': ['lead_id'],
        'program_id': ['program_id', 'primary_attribute_value_id'],
        'status': ['new_status'],
        'is_success': ['success'],
        'occurred_at': ['activity_date'],
    }, versions='all') }}

),

programs as (

    {{ tool_rows('marketo', ['program', 'programs'], {
        'program_id': ['id'],
        'channel': ['channel'],
    }) }}

),

lead_emails as (

    {{ marketo_lead_emails() }}

),

program_channels as (

    select
        source,
        program_id,
        max(lower(channel)) as channel

    from programs

    group by source, program_id

),

final as (

    select
        steps.source,
        steps.response_id,
        'program-' || steps.program_id as campaign_id,
        steps.occurred_at,
        lead_emails.email,
        steps.crm_lead_id,
        case
            when lower(steps.status) like 'attended%' and program_channels.channel like '%webinar%'
                then 'webinar_attended'
            when
                lower(steps.status) in ('attended', 'visited booth')
                and {{ matches('program_channels.channel', "'trade ?show|conference|event|fair|exhibition|roadshow'") }}
                then 'trade_fair'
            else steps.status
        end as response_type,
        'true' as has_responded,
        steps.loaded_at

    from steps

    left join lead_emails
        on
            steps.source = lead_emails.source
            and steps.crm_lead_id = lead_emails.lead_id

    left join program_channels
        on
            steps.source = program_channels.source
            and steps.program_id = program_channels.program_id

    where
        coalesce(
            {{ says_yes('steps.is_success') }},
            lower(steps.status) not in ({{ literals(no_responses) }})
        )

)

select * from final
