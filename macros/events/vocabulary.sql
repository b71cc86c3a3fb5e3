{#- The closed vocabulary of event types, by what they say about a lead. -#}

{#- The lead's own doing: opens the next cycle, ends a silence. -#}
{% macro engagement_event_types() %}
    {{ return([
        'page_viewed', 'product_viewed', 'product_clicked', 'pricing_viewed',
        'case_study_viewed', 'blog_viewed', 'webinar_viewed',
        'whitepaper_viewed', 'newsletter_signed_up', 'demo_requested',
        'contact_requested', 'content_requested', 'webinar_registered',
        'form_submitted', 'email_clicked', 'qr_scanned', 'trade_fair_visited',
        'webinar_attended', 'landing_page_submitted', 'campaign_responded',
        'lead_called', 'lead_emailed',
    ]) }}
{% endmacro %}

{#- The lead asked for something: forms, answers to campaigns, calls and messages to us.
    Who only looks at pages or follows a link has asked for nothing. -#}
{% macro request_event_types() %}
    {{ return(
        ['newsletter_signed_up', 'qr_scanned', 'webinar_attended']
        + lead_funnel.occasion_event_types()
    ) }}
{% endmacro %}

{#- Whether an event is a request. -#}
{% macro is_request(event_type) -%}
    {{ event_type }} in ({{ lead_funnel.literals(lead_funnel.request_event_types()) }})
{%- endmacro %}

{#- Of these, what makes a customer a new occasion. Looking around, reading the newsletter and
    coming to an event is use of what was bought. -#}
{% macro occasion_event_types() %}
    {{ return([
        'demo_requested', 'contact_requested', 'content_requested',
        'webinar_registered', 'form_submitted', 'trade_fair_visited',
        'landing_page_submitted', 'campaign_responded', 'lead_called', 'lead_emailed',
    ]) }}
{% endmacro %}

{#- Whether an event is a new occasion with a customer. -#}
{% macro is_occasion(event_type) -%}
    {{ event_type }} in ({{ lead_funnel.literals(lead_funnel.occasion_event_types()) }})
{%- endmacro %}

{#- Asking for sales itself: whoever does so within the day is not to wait for the night. -#}
{% macro direct_request_event_types() %}
    {{ return(['demo_requested', 'contact_requested', 'lead_called', 'lead_emailed']) }}
{% endmacro %}

{#- Sales turning to the lead, or a program in its place: what of it is a touch, activity_kinds
    says. -#}
{% macro sales_event_types() %}
    {{ return(['sales_called', 'sales_emailed', 'sales_met']) }}
{% endmacro %}

{#- All others that a source can bring. Mail programs open messages by themselves, and
    mail gateways scan their links: neither is the lead's own doing. -#}
{% macro other_event_types() %}
    {{ return([
        'careers_viewed', 'identified', 'web_event', 'email_sent', 'email_delivered',
        'email_opened', 'email_scanned', 'email_bounced', 'unsubscribed', 'spam_complained',
        'sales_task', 'sales_note', 'lead_created', 'status_changed',
        'opportunity_created', 'opportunity_won', 'opportunity_lost',
    ]) }}
{% endmacro %}

{#- A message that arrived: a tool may tell of the opening or the click alone, be it a
    machine's. -#}
{% macro received_email_event_types() %}
    {{ return(['email_delivered', 'email_opened', 'email_clicked', 'email_scanned']) }}
{% endmacro %}

{#- The piece of content that an event is a use of. An e-mail that arrived or was opened
    is not use of what it links to. -#}
{% macro used_content_id(events) -%}
    case when {{ events }}.is_engagement then {{ events }}.content_id end
{%- endmacro %}

{#- Made here from other events. -#}
{% macro derived_event_types() %}
    {{ return(['went_silent', 'stage_entered']) }}
{% endmacro %}

{#- A list of words as SQL literals. -#}
{% macro literals(words) -%}
    '{{ words | join("', '") }}'
{%- endmacro %}
