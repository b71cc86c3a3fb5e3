{# Events of marketing e-mails. What machines did is marked by HubSpot as filtered, and
   left out. An event names an address; the contact that bears it is added. #}
with

events as (

    {{ tool_rows('hubspot', ['email_event', 'email_events'], {
        'event_id': ['id', 'event_id'],
        'type': ['type', 'event_type'],
        'occurred_at': ['created', 'created_at'],
        'email': ['recipient'],
        'campaign_id': ['email_campaign_id'],
        'is_filtered': ['filtered_event'],
        'url': ['url'],
        'category': ['category'],
        'subscription_status': ['portal_subscription_status'],
    }) }}

),

clicks as (

    {{ tool_rows('hubspot', ['email_event_click', 'email_events_click'], {
        'event_id': ['id'],
        'url': ['url'],
    }) }}

),

bounces as (

    {{ tool_rows('hubspot', ['email_event_bounce', 'email_events_bounce'], {
        'event_id': ['id'],
        'category': ['category'],
    }) }}

),

status_changes as (

    {{ tool_rows('hubspot', ['email_event_status_change', 'email_events_status_change'], {
        'event_id': ['id'],
        'subscription_status': ['portal_subscription_status'],
    }) }}

),

contacts as (

    {{ tool_rows('hubspot', ['contact', 'contacts'], {
        'lead_id': ['id', 'vid', 'contact_id', 'hs_object_id', 'Record ID', 'Record ID - Contact'],
        'email': hubspot_names('email'),
        'more_emails': hubspot_names('hs_additional_emails', ['Additional email addresses']),
    }) }}

),

contact_emails as (

    select
        source,
        email,
        min(lead_id) as lead_id

    from (
        select
            source,
            lead_id,
            lower(email) as email

        from contacts

        where coalesce(is_removed, 'false') != 'true'

        union all

        select
            source,
            lead_id,
            {{ words('lower(more_emails)') }} as email

        from contacts

        where more_emails is not null and coalesce(is_removed, 'false') != 'true'
    ) as addresses

    where email != ''

    group by source, email

    {# Whose an address is that two contacts bear, it does not tell. #}
    having count(distinct lead_id) = 1

),

named as (

    select
        events.source,
        events.event_id,
        case upper(events.type)
            when 'DELIVERED' then 'delivered'
            when 'OPEN' then 'opened'
            when 'CLICK' then 'clicked'
            when 'BOUNCE' then
                case
                    when
                        upper(coalesce(bounces.category, events.category)) in (
                            'THROTTLED', 'MAILBOX_FULL', 'TEMPORARY_PROBLEM', 'GREYLISTING', 'TIMEOUT'
                        )
                        then 'soft bounce'
                    else 'bounced'
                end
            when 'SPAMREPORT' then 'complained'
            when 'STATUSCHANGE' then
                case
                    when
                        upper(coalesce(status_changes.subscription_status, events.subscription_status))
                        = 'UNSUBSCRIBED'
                        then 'unsubscribed'
                end
        end as event_name,
        events.occurred_at,
        events.email,
        contact_emails.lead_id as crm_lead_id,
        events.campaign_id,
        coalesce(clicks.url, events.url) as url,
        events.loaded_at

    from events

    left join clicks
        on
            events.source = clicks.source
            and events.event_id = clicks.event_id

    left join bounces
        on
            events.source = bounces.source
            and events.event_id = bounces.event_id

    left join status_changes
        on
            events.source = status_changes.source
            and events.event_id = status_changes.event_id

    left join contact_emails
        on
            events.source = contact_emails.source
            and lower(events.email) = contact_emails.email

    where
        not coalesce({{ says_yes('events.is_filtered') }}, false)
        and coalesce(events.is_removed, 'false') != 'true'

),

final as (

    select * from named where event_name is not null

)

select * from final
