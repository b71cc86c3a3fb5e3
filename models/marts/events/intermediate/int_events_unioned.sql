{{ config(materialized='view') }}

{# Every accepted event of every source in one shape, before identity. The
   strong identifier, where there is one, is identifier_key; crm_identifier_key is that of
   a CRM record beside an address, for the case that the address identifies nobody;
   else the device speaks. Nothing is written here: lead_events reads it once. #}
{# Named in any case, so that dbt knows of them before the variable says to read them. #}
{% set crm_contacts = ref('stg_raw__crm_contacts') %}
{% set identity_members = ref('identity_members') %}
{% set form_contents = [] %}
{% for column in [
    'email', 'first_name', 'last_name', 'company_name', 'job_title', 'phone', 'country_code',
    'employee_count', 'consent_marketing',
] %}
{% do form_contents.append("coalesce(cast(" ~ column ~ " as string), '')") %}
{% endfor %}
with

deleted_leads as (

    {{ deleted_leads(ref('stg_raw__crm_leads')) }}

),

{% if var('contacts_are_leads') %}
members as (

    select
        identifier_key,
        identifier_type,
        lead_key

    from {{ identity_members }}

),

{# Contacts of people who were never leads. #}
contacts_only as (

    select contacts.contact_id

    from {{ crm_contacts }} as contacts

    inner join members
        on {{ identifier_key('crm_contact', 'contacts.contact_id') }} = members.identifier_key

    where
        not coalesce(contacts.is_deleted, false)
        and members.lead_key not in (
            select lead_key
            from members
            where identifier_type = 'crm_lead'
        )

),

{% endif %}
automation_users as (

    select distinct {{ seed_text('rep_id') }} as rep_id
    from {{ ref('automation_users') }}

),

web_events as (

    select
        event_key,
        'web' as source,
        coalesce(event_name, '') as raw_name,
        occurred_at,
        loaded_at,
        identifier_key,
        {{ no_key() }} as crm_identifier_key,
        device_key,
        page_key,
        user_agent_key,
        came_through as campaign_id,
        cast(null as string) as given_content_id,
        came_from as utm_source,
        came_by as utm_medium,
        cast(null as string) as source_id,
        false as is_day_only,
        cast(null as string) as counts_as,
        {{ key(['came_through']) }} as content_key

    from ({{ tagged_rows(ref('stg_raw__web_events'), ref('int_referrers')) }}) as tagged

),

form_submissions as (

    select
        event_key,
        'form' as source,
        coalesce(form_id, '') as raw_name,
        occurred_at,
        loaded_at,
        identifier_key,
        crm_identifier_key,
        device_key,
        page_key,
        {{ no_key() }} as user_agent_key,
        came_through as campaign_id,
        cast(null as string) as given_content_id,
        came_from as utm_source,
        came_by as utm_medium,
        submission_id as source_id,
        false as is_day_only,
        cast(null as string) as counts_as,
        {# What was written into it: sent off twice, it is the same. #}
        {{ key(form_contents) }} as content_key

    from ({{ tagged_rows(ref('stg_raw__form_submissions')) }}) as tagged

),

other_events as (

    select
        event_key,
        'email' as source,
        event_name as raw_name,
        occurred_at,
        loaded_at,
        identifier_key,
        crm_identifier_key,
        campaign_id,
        content_id as given_content_id,
        false as is_day_only,
        cast(null as string) as counts_as,
        event_id as source_id,
        {{ key(['url']) }} as content_key

    from {{ ref('stg_raw__email_events') }}

    union all

    select
        event_key,
        'campaign' as source,
        coalesce(response_type, '') as raw_name,
        occurred_at,
        loaded_at,
        coalesce(
            {{ crm_identifier_key('crm_lead_id', 'crm_contact_id') }},
            {{ identifier_key('email', 'email') }}
        ) as identifier_key,
        {{ no_key() }} as crm_identifier_key,
        campaign_id,
        content_id as given_content_id,
        false as is_day_only,
        cast(null as string) as counts_as,
        response_id as source_id,
        {{ no_key() }} as content_key

    from {{ ref('stg_raw__campaign_responses') }}

    {# Who was only sent something did not answer. #}
    where coalesce(has_responded, true)

    union all

    {# An activity that names only an opportunity belongs to that
       opportunity's lead or contact. #}
    select
        activities.event_key,
        'sales' as source,
        activities.activity_type || '_' || coalesce(activities.direction, 'outbound')
            as raw_name,
        activities.occurred_at,
        activities.loaded_at,
        coalesce(
            {{ identifier_key('crm_lead', 'activities.lead_id') }},
            {{ identifier_key('crm_contact', 'activities.contact_id') }},
            {{ identifier_key('crm_lead', 'opportunities.lead_id') }},
            {{ identifier_key('crm_contact', 'opportunities.contact_id') }}
        ) as identifier_key,
        {{ no_key() }} as crm_identifier_key,
        cast(null as string) as campaign_id,
        cast(null as string) as given_content_id,
        coalesce(activities.is_day_only, false) as is_day_only,
        {{ activity_counts_as('activities', 'kinds.counts_as', 'automation_users.rep_id') }}
            as counts_as,
        activities.activity_id as source_id,
        {{ no_key() }} as content_key

    from {{ ref('stg_raw__crm_activities') }} as activities

    left join {{ ref('opportunity_outcomes') }} as opportunities
        on activities.opportunity_id = opportunities.opportunity_id

    left join {{ ref('activity_signatures') }} as kinds
        on {{ activity_signature_key('activities') }} = kinds.signature_key

    left join automation_users
        on activities.rep_id = automation_users.rep_id

    {# What is only planned has not happened. #}
    where coalesce(activities.is_completed, true)

    union all

    select
        {{ key(["'lead_created:' || lead_id"]) }} as event_key,
        'crm' as source,
        'lead_created' as raw_name,
        created_at as occurred_at,
        first_loaded_at as loaded_at,
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        {{ no_key() }} as crm_identifier_key,
        cast(null as string) as campaign_id,
        cast(null as string) as given_content_id,
        false as is_day_only,
        cast(null as string) as counts_as,
        lead_id as source_id,
        {{ no_key() }} as content_key

    from {{ ref('stg_raw__crm_leads') }}

    where lead_id not in (select lead_id from deleted_leads)

    {% if var('contacts_are_leads') %}
    union all

    select
        {{ key(["'contact_created:' || contacts.contact_id"]) }} as event_key,
        'crm' as source,
        'lead_created' as raw_name,
        contacts.created_at as occurred_at,
        contacts.first_loaded_at as loaded_at,
        {{ identifier_key('crm_contact', 'contacts.contact_id') }} as identifier_key,
        {{ no_key() }} as crm_identifier_key,
        cast(null as string) as campaign_id,
        cast(null as string) as given_content_id,
        false as is_day_only,
        cast(null as string) as counts_as,
        contacts.contact_id as source_id,
        {{ no_key() }} as content_key

    from {{ crm_contacts }} as contacts

    inner join contacts_only
        on contacts.contact_id = contacts_only.contact_id

    {% endif %}
    union all

    select
        event_key,
        'crm' as source,
        'status_changed' as raw_name,
        changed_at as occurred_at,
        loaded_at,
        identifier_key,
        {{ no_key() }} as crm_identifier_key,
        cast(null as string) as campaign_id,
        cast(null as string) as given_content_id,
        false as is_day_only,
        cast(null as string) as counts_as,
        history_id as source_id,
        {{ no_key() }} as content_key

    from {{ ref('stg_raw__crm_lead_history') }}

    where
        lower(field_name) = 'status'
        and lead_id not in (select lead_id from deleted_leads)

    union all

    select
        {{ key(["'opportunity_created:' || opportunity_id"]) }} as event_key,
        'crm' as source,
        'opportunity_created' as raw_name,
        created_at as occurred_at,
        first_loaded_at as loaded_at,
        {{ crm_identifier_key('lead_id', 'contact_id') }} as identifier_key,
        {{ no_key() }} as crm_identifier_key,
        campaign_id,
        cast(null as string) as given_content_id,
        false as is_day_only,
        cast(null as string) as counts_as,
        opportunity_id as source_id,
        {{ no_key() }} as content_key

    from {{ ref('opportunity_outcomes') }}

    where created_at is not null

    union all

    select
        {{ key(["'opportunity_closed:' || opportunity_id"]) }} as event_key,
        'crm' as source,
        case when closed_as = 'closed_won' then 'opportunity_won' else 'opportunity_lost' end
            as raw_name,
        ended_at as occurred_at,
        loaded_at,
        {{ crm_identifier_key('lead_id', 'contact_id') }} as identifier_key,
        {{ no_key() }} as crm_identifier_key,
        cast(null as string) as campaign_id,
        cast(null as string) as given_content_id,
        false as is_day_only,
        cast(null as string) as counts_as,
        opportunity_id as source_id,
        {{ no_key() }} as content_key

    from {{ ref('opportunity_outcomes') }}

    where closed_as is not null

),

final as (

    select * from web_events

    union all

    select * from form_submissions

    union all

    select
        event_key,
        source,
        raw_name,
        occurred_at,
        loaded_at,
        identifier_key,
        crm_identifier_key,
        {{ no_key() }} as device_key,
        {{ no_key() }} as page_key,
        {{ no_key() }} as user_agent_key,
        campaign_id,
        given_content_id,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium,
        source_id,
        is_day_only,
        counts_as,
        content_key

    from other_events

)

select * from final
