{# Members of campaigns that responded. Who was only put on the list did nothing. #}
with

members as (

    {{ tool_rows('salesforce', ['campaign_member', 'campaign_members'], {
        'response_id': ['id', 'Member ID', 'Campaign Member ID'],
        'campaign_id': ['campaign_id'],
        'crm_lead_id': ['lead_id'],
        'crm_contact_id': ['contact_id'],
        'email': ['email'],
        'responded_at': ['first_responded_date', 'Member First Responded Date'],
        'created_at': ['created_date', 'Member Created Date'],
        'has_responded': ['has_responded', 'Responded'],
        'status': ['status', 'Member Status'],
    }) }}

),

campaigns as (

    {{ tool_rows('salesforce', ['campaign', 'campaigns'], {
        'campaign_id': ['id', 'Campaign ID'],
        'type': ['type', 'Campaign Type'],
    }) }}

),

{# Whoever attended is known by where; other words stand as they are. #}
final as (

    select
        members.source,
        members.response_id,
        members.campaign_id,
        coalesce(members.responded_at, members.created_at) as occurred_at,
        members.email,
        members.crm_lead_id,
        members.crm_contact_id,
        case
            when lower(members.status) = 'attended' and lower(campaigns.type) like '%webinar%'
                then 'webinar_attended'
            when
                lower(members.status) in ('attended', 'visited booth')
                and {{ matches('lower(campaigns.type)', "'trade ?show|conference|event|fair|exhibition'") }}
                then 'trade_fair'
            else members.status
        end as response_type,
        members.has_responded,
        members.is_removed as is_deleted,
        members.loaded_at

    from members

    left join campaigns
        on
            members.source = campaigns.source
            and members.campaign_id = campaigns.campaign_id

    where coalesce({{ says_yes('members.has_responded') }}, members.responded_at is not null)

)

select * from final
