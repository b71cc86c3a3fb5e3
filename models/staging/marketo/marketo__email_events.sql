{# What happened to marketing e-mails. An activity names a lead; its address is added. A
   row that Marketo marks as a machine's is left out, and so is what was sent in tests. #}
{% set kinds = {
    'delivered': ['activity_email_delivered', 'activities_email_delivered'],
    'opened': ['activity_open_email', 'activities_open_email'],
    'clicked': ['activity_click_email', 'activities_click_email'],
    'bounced': ['activity_email_bounced', 'activities_email_bounced'],
    'soft bounce': ['activity_email_bounced_soft', 'activities_email_bounced_soft'],
    'unsubscribed': ['activity_unsubscribe_email', 'activities_unsubscribe_email'],
} %}
with

{% for kind, tables in kinds.items() %}
{{ kind | replace(' ', '_') }}_rows as (

    {{ tool_rows('marketo', tables, {
        'event_id': ['id', 'marketo_guid'],
        'crm_lead_id': ['lead_id'],
        'occurred_at': ['activity_date'],
        'email': ['email'],
        'content_id': ['email_template_id', 'mailing_id', 'primary_attribute_value_id'],
        'campaign_id': ['campaign_id'],
        'url': ['link'],
        'is_machine': ['is_bot_activity', 'bot_activity'],
    }, versions='all') }}

),

{% endfor %}
events as (

    {% for kind in kinds %}
    select
        *,
        '{{ kind }}' as event_name

    from {{ kind | replace(' ', '_') }}_rows
    {% if not loop.last %}

    union all

    {% endif %}
    {% endfor %}

),

lead_emails as (

    {{ marketo_lead_emails() }}

),

final as (

    select
        events.source,
        events.event_id,
        events.event_name,
        events.occurred_at,
        coalesce(events.email, lead_emails.email) as email,
        events.crm_lead_id,
        'campaign-' || events.campaign_id as campaign_id,
        events.content_id,
        events.url,
        events.loaded_at

    from events

    left join lead_emails
        on
            events.source = lead_emails.source
            and events.crm_lead_id = lead_emails.lead_id

    where not coalesce({{ says_yes('events.is_machine') }}, false)

)

select * from final
