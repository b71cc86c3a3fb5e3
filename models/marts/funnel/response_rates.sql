{# What became of messages and invitations. A lead counts once per campaign and piece, in
   the month in which it first heard of them. Clicks of mail gateways are no clicks. #}
with

leads as (

    select * from {{ ref('dim_leads') }}

),

events as (

    select
        lead_key,
        campaign_id,
        content_id,
        occurred_at,
        event_type,
        event_type in ({{ literals(received_email_event_types()) }}) as is_mail

    from {{ ref('lead_events') }}

    where
        campaign_id is not null
        and (
            event_type in ({{ literals(received_email_event_types()) }})
            or {{ is_request('event_type') }}
        )

),

{# Whom a campaign sent one piece opens and clicks in that piece, whatever the link leads to. #}
messages as (

    select
        lead_key,
        campaign_id,
        case
            when min(coalesce(content_id, '(null)')) = max(coalesce(content_id, '(null)'))
                then min(coalesce(content_id, '(null)'))
        end as only_content_id

    from events

    where event_type = 'email_delivered'

    group by lead_key, campaign_id

),

pieces as (

    select
        events.lead_key,
        events.campaign_id,
        events.occurred_at,
        events.event_type,
        coalesce(
            case when events.is_mail then messages.only_content_id end,
            events.content_id,
            messages.only_content_id,
            '(null)'
        ) as content_id,
        {# A tool that does not tell what it delivered tells what was opened. #}
        events.is_mail
        and (events.event_type = 'email_delivered' or messages.lead_key is null) as is_message,
        {{ is_request('events.event_type') }} as is_answer

    from events

    left join messages
        on
            events.lead_key = messages.lead_key
            and events.campaign_id = messages.campaign_id

),

heard as (

    select
        lead_key,
        campaign_id,
        content_id,
        min(occurred_at) as first_at,
        max(case when is_message then 1 else 0 end) as is_delivered,
        max(case when event_type = 'email_opened' then 1 else 0 end) as has_opened,
        max(case when event_type = 'email_clicked' then 1 else 0 end) as has_clicked,
        max(case when is_answer then 1 else 0 end) as has_answered

    from pieces

    group by lead_key, campaign_id, content_id

),

counted as (

    select
        heard.campaign_id,
        heard.content_id,
        coalesce(leads.persona, '(null)') as persona,
        cast(date_trunc('month', {{ reporting_time('heard.first_at') }}) as date) as month_date,
        sum(heard.is_delivered) as delivered,
        sum(heard.is_delivered * heard.has_opened) as opened,
        sum(heard.is_delivered * heard.has_clicked) as clicked,
        sum(heard.has_answered) as answered,
        {# A link that names none of the pieces delivered to the lead. #}
        sum((1 - heard.is_delivered) * heard.has_opened) as opened_elsewhere,
        sum((1 - heard.is_delivered) * heard.has_clicked) as clicked_elsewhere,
        sum(heard.is_delivered * heard.has_answered) as answered_of_delivered

    from heard

    inner join leads
        on heard.lead_key = leads.lead_key

    where not leads.is_internal and not leads.is_deleted

    group by
        heard.campaign_id,
        heard.content_id,
        coalesce(leads.persona, '(null)'),
        cast(date_trunc('month', {{ reporting_time('heard.first_at') }}) as date)

),

final as (

    select
        campaign_id,
        content_id,
        persona,
        month_date,
        {# Where nothing was sent by mail, nobody could open or click. #}
        {% for count in ['delivered', 'opened', 'clicked'] %}
        case when delivered > 0 then cast({{ count }} as bigint) end as {{ count }},
        {% endfor %}
        cast(opened_elsewhere as bigint) as opened_elsewhere,
        cast(clicked_elsewhere as bigint) as clicked_elsewhere,
        cast(answered as bigint) as answered,
        {% for name, count in {
            'click_rate': 'clicked', 'answer_rate': 'answered_of_delivered',
        }.items() %}
        cast({{ count }} as double) / nullif(delivered, 0) as {{ name }},
        {{ wilson_bound(count, 'delivered', 'low') }} as {{ name }}_low,
        {{ wilson_bound(count, 'delivered', 'high') }} as {{ name }}_high{{ ',' if not loop.last }}
        {% endfor %}

    from counted

)

select * from final
order by campaign_id, content_id, persona, month_date
