{# Who may be written to and who may be called, each with what forbids it. The newest
   word of the person counts: an unsubscription stands until consent is given again,
   a complaint and an opt-out in the CRM stand for good. Raw tables hold no postal
   address, so there is no post. #}
with

clock as (

    select * from {{ ref('clock') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

members as (

    select * from {{ ref('identity_members') }}

),

events as (

    select * from {{ ref('lead_events') }}

),

forms as (

    select * from {{ ref('stg_raw__form_submissions') }}

),

crm_leads as (

    select * from {{ ref('stg_raw__crm_leads') }}

),

crm_contacts as (

    select * from {{ ref('stg_raw__crm_contacts') }}

),

opt_outs as (

    select distinct members.lead_key

    from (
        select {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key
        from crm_leads
        where has_opted_out

        union all

        select {{ identifier_key('crm_contact', 'contact_id') }} as identifier_key
        from crm_contacts
        where has_opted_out
    ) as opted_out_records

    inner join members
        on opted_out_records.identifier_key = members.identifier_key

),

consents as (

    select
        lead_key,
        consent_marketing,
        occurred_at

    from (
        select
            members.lead_key,
            forms.consent_marketing,
            forms.occurred_at,
            row_number() over (
                partition by members.lead_key
                order by forms.occurred_at desc, forms.submission_id
            ) as recency

        from forms

        inner join members
            on {{ identifier_key('email', 'forms.email') }} = members.identifier_key

        where forms.consent_marketing is not null
    ) as ranked_consents

    where recency = 1

),

email_histories as (

    select
        lead_key,
        max(case when event_type = 'unsubscribed' then occurred_at end)
            as unsubscribed_at,
        max(case when event_type = 'spam_complained' then occurred_at end)
            as complained_at,
        max(case when event_type = 'email_bounced' then occurred_at end)
            as bounced_at,
        max(case
            when
                event_type in ('email_delivered', 'email_opened', 'email_clicked')
                then occurred_at
        end) as received_at,
        {# A tool that does not tell what it delivered tells what was opened. #}
        coalesce(
            max(case
                when event_type in ('email_delivered', 'email_bounced') then occurred_at
            end),
            max(case
                when event_type in ('email_opened', 'email_clicked') then occurred_at
            end)
        ) as last_emailed_at

    from events

    where
        event_type in (
            'unsubscribed', 'spam_complained', 'email_bounced',
            'email_delivered', 'email_opened', 'email_clicked'
        )

    group by lead_key

),

facts as (

    select
        leads.lead_key,
        leads.is_deleted,
        leads.is_internal,
        leads.has_email,
        leads.has_phone,
        opt_outs.lead_key is not null as is_opted_out,
        email_histories.unsubscribed_at is not null
        and not coalesce(
            consents.consent_marketing
            and consents.occurred_at > email_histories.unsubscribed_at,
            false
        ) as is_unsubscribed,
        email_histories.complained_at is not null as is_complained,
        email_histories.bounced_at is not null
        and coalesce(email_histories.received_at <= email_histories.bounced_at, true)
            as is_bounced,
        case
            when consents.consent_marketing then 'given'
            when not consents.consent_marketing then 'refused'
            else 'unknown'
        end as consent,
        case
            when leads.is_customer or leads.last_engaged_at is not null
                then 'warm'
            else 'cold'
        end as temperature,
        case when leads.is_customer then 'customer' else 'acquisition' end as track,
        email_histories.last_emailed_at,
        coalesce(
            {{ add_days('email_histories.last_emailed_at', var('nurture_pause_days')) }}
            > clock.as_of,
            false
        ) as is_resting

    from leads

    cross join clock

    left join opt_outs
        on leads.lead_key = opt_outs.lead_key

    left join consents
        on leads.lead_key = consents.lead_key

    left join email_histories
        on leads.lead_key = email_histories.lead_key

),

{# What forbids all contact; then what forbids e-mail; the first word counts. #}
restrictions as (

    select
        *,
        case
            when is_deleted then 'deleted'
            when is_internal then 'internal'
            when is_opted_out then 'opted_out'
            when is_complained then 'complained'
            when temperature = 'cold' and consent <> 'given' then 'cold_no_consent'
        end as contact_restriction,
        case
            when is_unsubscribed then 'unsubscribed'
            when consent = 'refused' then 'consent_refused'
            when not has_email then 'no_email'
            when is_bounced then 'bounced'
        end as email_restriction,
        case when not has_phone then 'no_phone' end as call_restriction

    from facts

),

final as (

    select
        lead_key,
        has_email,
        has_phone,
        is_opted_out,
        is_unsubscribed,
        is_complained,
        is_bounced,
        consent,
        temperature,
        track,
        last_emailed_at,
        is_resting,
        contact_restriction is null and email_restriction is null as may_email,
        coalesce(contact_restriction, email_restriction, 'none') as email_reason,
        contact_restriction is null and call_restriction is null as may_call,
        coalesce(contact_restriction, call_restriction, 'none') as call_reason,
        coalesce(
            contact_restriction, email_restriction, call_restriction, 'none'
        ) as reason

    from restrictions

)

select * from final

order by lead_key
