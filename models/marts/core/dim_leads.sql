with

clock as (

    select * from {{ ref('clock') }}

),

members as (

    select * from {{ ref('identity_members') }}

),

profiles as (

    select * from {{ ref('lead_profiles') }}

),

accounts as (

    select * from {{ ref('lead_accounts') }}

),

companies as (

    select
        account_key,
        is_customer

    from {{ ref('dim_accounts') }}

),

consents as (

    select * from {{ ref('lead_consents') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

stages as (

    select * from {{ ref('stages') }}

),

lead_events as (

    select * from {{ ref('lead_events') }}

),

people as (

    select
        lead_key,
        min(first_seen_at) as first_seen_at,
        max(case when identifier_type = 'email' then 1 else 0 end) = 1 as has_email

    from members

    group by lead_key

),

internal_addresses as (

    select identifier_value as email
    from {{ ref('identifiers') }}
    where email_class = 'internal'

),

merged_leads as (

    select distinct merged_lead_id as lead_id
    from ({{ merged_leads(ref('stg_raw__crm_leads')) }}) as merges

),

crm_leads as (

    select
        members.lead_key,
        crm_leads.*,
        (
            crm_leads.merged_into_lead_id is not null
            and crm_leads.merged_into_lead_id != crm_leads.lead_id
        )
        or merged_leads.lead_id is not null
        or coalesce(crm_leads.is_deleted, false) as is_gone,
        internal_addresses.email is not null as is_internal

    from {{ ref('stg_raw__crm_leads') }} as crm_leads

    inner join members
        on {{ identifier_key('crm_lead', 'crm_leads.lead_id') }} = members.identifier_key

    left join merged_leads
        on crm_leads.lead_id = merged_leads.lead_id

    left join internal_addresses
        on crm_leads.email = internal_addresses.email

),

{# The record to work with is the youngest that is still there. #}
ranked_crm_leads as (

    select
        *,
        row_number() over (
            partition by lead_key
            order by
                case when is_gone then 1 else 0 end,
                created_at desc,
                lead_id
        ) as preference_rank,
        max(case when is_internal then 1 else 0 end) over (partition by lead_key)
            as any_internal,
        max(case when phone is not null then 1 else 0 end) over (partition by lead_key)
            as any_phone

    from crm_leads

),

crm_contacts as (

    select
        members.lead_key,
        min(contacts.contact_id) as crm_contact_id,
        min_by({{ person_owner('contacts.owner_id') }}, contacts.contact_id) as owner_id,
        max(case when contacts.phone is not null then 1 else 0 end) as any_phone

    from {{ ref('stg_raw__crm_contacts') }} as contacts

    inner join members
        on
            {{ identifier_key('crm_contact', 'contacts.contact_id') }}
            = members.identifier_key

    group by members.lead_key

),

forms as (

    select
        members.lead_key,
        max(case when forms.phone is not null then 1 else 0 end) as any_phone

    from {{ ref('stg_raw__form_submissions') }} as forms

    inner join members
        on {{ event_identifier_key('form_submissions', 'forms') }} = members.identifier_key

    group by members.lead_key

),

activity as (

    select
        lead_key,
        max(case when is_engagement then occurred_at end) as last_engaged_at,
        max(case when is_sales_touch then occurred_at end) as last_sales_touch_at

    from lead_events

    group by lead_key

),

topics as (

    select
        lead_key,
        topic,
        row_number() over (
            partition by lead_key
            order by count(*) desc, max(occurred_at) desc, topic
        ) as preference_rank

    from lead_events

    where is_engagement and topic != ''

    group by lead_key, topic

),

won as (

    select lead_key from {{ ref('lead_wins') }}

    union distinct

    {# Who expands or renews bought before, whether or not that deal is known. #}
    select lead_key
    from {{ ref('opportunities') }}
    where
        lead_key is not null
        and is_expansion
        and closed_as is distinct from 'closed_lost'

),

first_inquiries as (

    select
        lead_key,
        started_at as inquiry_at

    from cycles

    where cycle_number = 1

),

current_cycles as (

    select
        cycles.*,
        stages.is_terminal,
        stages.stalled_after_days

    from cycles

    inner join stages
        on cycles.current_stage = stages.stage

    where cycles.is_current

),

final as (

    select
        people.lead_key,
        accounts.account_key,
        ranked_crm_leads.lead_id as crm_lead_id,
        crm_contacts.crm_contact_id,
        current_cycles.current_stage,
        current_cycles.current_stage_at as stage_entered_at,
        current_cycles.cycle_number,
        first_inquiries.inquiry_at,
        people.first_seen_at,
        profiles.lead_source,
        profiles.channel,
        profiles.first_campaign_id,
        profiles.industry,
        profiles.employee_count,
        {{ company_size('profiles.employee_count') }} as segment,
        profiles.country_code,
        profiles.persona,
        profiles.job_level,
        profiles.email_class,
        people.has_email,
        coalesce(ranked_crm_leads.any_phone, 0)
        + coalesce(crm_contacts.any_phone, 0)
        + coalesce(forms.any_phone, 0) > 0 as has_phone,
        topics.topic as top_topic,
        {% if var('contacts_are_leads') -%}
        coalesce({{ person_owner('ranked_crm_leads.owner_id') }}, crm_contacts.owner_id)
        {%- else -%}
        {{ person_owner('ranked_crm_leads.owner_id') }}
        {%- endif %} as owner_id,
        ranked_crm_leads.rating as rep_rating,
        won.lead_key is not null as is_customer,
        coalesce(companies.is_customer, false) or won.lead_key is not null
            as is_customer_account,
        coalesce(ranked_crm_leads.any_internal, 0) = 1 as is_internal,
        coalesce(ranked_crm_leads.is_deleted, false) as is_deleted,
        coalesce(
            consents.is_opted_out
            or consents.is_opted_out_of_email
            or consents.is_unsubscribed
            or consents.has_complained,
            false
        ) as is_disengaged,
        coalesce(
            not current_cycles.is_terminal
            and current_cycles.outcome is distinct from 'won_by_colleague'
            and current_cycles.stalled_after_days > 0
            and {{ add_days(
                "greatest(current_cycles.current_stage_at, coalesce(activity.last_engaged_at, current_cycles.current_stage_at), coalesce(activity.last_sales_touch_at, current_cycles.current_stage_at))",
                'current_cycles.stalled_after_days'
            ) }} < clock.as_of,
            false
        ) as is_stalled,
        activity.last_engaged_at,
        activity.last_sales_touch_at

    from people

    cross join clock

    left join profiles
        on people.lead_key = profiles.lead_key

    left join accounts
        on people.lead_key = accounts.lead_key

    left join companies
        on accounts.account_key = companies.account_key

    left join ranked_crm_leads
        on
            people.lead_key = ranked_crm_leads.lead_key
            and ranked_crm_leads.preference_rank = 1

    left join crm_contacts
        on people.lead_key = crm_contacts.lead_key

    left join forms
        on people.lead_key = forms.lead_key

    left join consents
        on people.lead_key = consents.lead_key

    left join current_cycles
        on people.lead_key = current_cycles.lead_key

    left join first_inquiries
        on people.lead_key = first_inquiries.lead_key

    left join activity
        on people.lead_key = activity.lead_key

    left join topics
        on
            people.lead_key = topics.lead_key
            and topics.preference_rank = 1

    left join won
        on people.lead_key = won.lead_key

)

select * from final
order by lead_key
