{# Pages that known leads saw. An activity names a lead, which the web tracker does not:
   its address stands in. #}
with

visits as (

    {{ tool_rows('marketo', ['activity_visit_webpage', 'activity_visit_web_page', 'activities_visit_webpage', 'activities_visit_web_page'], {
        'event_id': ['id', 'marketo_guid'],
        'lead_id': ['lead_id'],
        'occurred_at': ['activity_date'],
        'page_url': ['webpage_url', 'primary_attribute_value'],
        'query_parameters': ['query_parameters'],
        'referrer_url': ['referrer_url'],
        'user_agent': ['user_agent'],
    }, versions='all') }}

),

lead_emails as (

    {{ marketo_lead_emails() }}

),

final as (

    select
        visits.source,
        visits.event_id,
        'page_view' as event_name,
        visits.occurred_at,
        lead_emails.email,
        case
            when visits.page_url like '%?%' or visits.query_parameters is null then visits.page_url
            else visits.page_url || '?' || visits.query_parameters
        end as page_url,
        visits.referrer_url,
        visits.user_agent,
        visits.loaded_at

    from visits

    left join lead_emails
        on
            visits.source = lead_emails.source
            and visits.lead_id = lead_emails.lead_id

)

select * from final
