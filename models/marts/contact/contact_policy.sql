{# Who may be written to and who may be called, each with what allows it and what forbids
   it. Raw tables hold no postal address, so there is no post. #}
with

clock as (

    select * from {{ ref('clock') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

events as (

    select * from {{ ref('lead_events') }}

),

consents as (

    select * from {{ ref('lead_consents') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

{# There was a deal, or there is one. #}
deals as (

    select distinct lead_key
    from cycles
    where coalesce(sql_at, closed_won_at, closed_lost_at) is not null

),

histories as (

    select
        lead_key,
        max(case when {{ is_request('event_type') }} then occurred_at end) as requested_at,
        max(case when event_type = 'email_bounced' then occurred_at end)
            as bounced_at,
        max(case
            when
                event_type in ({{ literals(received_email_event_types()) }})
                then occurred_at
        end) as received_at,
        {# A tool that does not tell what it delivered tells what was opened. #}
        coalesce(
            max(case
                when event_type in ('email_delivered', 'email_bounced') then occurred_at
            end),
            max(case
                when event_type in ('email_opened', 'email_clicked', 'email_scanned') then occurred_at
            end)
        ) as last_emailed_at

    from events

    where
        event_type in ({{ literals(['email_bounced'] + received_email_event_types()) }})
        or {{ is_request('event_type') }}

    group by lead_key

),

facts as (

    select
        leads.lead_key,
        leads.is_deleted,
        leads.is_internal,
        leads.has_email,
        leads.has_phone,
        coalesce(consents.is_opted_out, false) as is_opted_out,
        coalesce(consents.is_opted_out_of_email, false) as is_opted_out_of_email,
        coalesce(consents.is_opted_out_of_calls, false) as is_opted_out_of_calls,
        coalesce(consents.is_unsubscribed, false) as is_unsubscribed,
        coalesce(consents.has_complained, false) as has_complained,
        histories.bounced_at is not null
        and coalesce(histories.received_at <= histories.bounced_at, true)
            as is_bounced,
        coalesce(consents.consent, 'unknown') as consent,
        consents.consented_at,
        consents.consent_source,
        case
            when leads.is_customer_account or deals.lead_key is not null then 'warm'
            else 'cold'
        end as temperature,
        case
            when leads.is_customer or coalesce(leads.current_stage = 'sql', false)
                then 'relationship'
            {# The CRM keeps whom sales or a list found in the same table as who asked; its
               source tells them apart. #}
            when
                histories.requested_at is not null
                or (
                    leads.crm_lead_id is not null
                    and leads.inquiry_at is not null
                    and leads.channel is distinct from 'outbound'
                )
                then 'request'
            else 'none'
        end as basis_without_consent,
        leads.crm_lead_id is not null
        and coalesce(leads.current_stage = 'sal', false) as is_worked,
        case when leads.is_customer_account then 'customer' else 'acquisition' end as track,
        histories.last_emailed_at,
        coalesce(
            {{ add_days('histories.last_emailed_at', var('nurture_pause_days')) }}
            > clock.as_of,
            false
        ) as is_resting

    from leads

    cross join clock

    left join consents
        on leads.lead_key = consents.lead_key

    left join histories
        on leads.lead_key = histories.lead_key

    left join deals
        on leads.lead_key = deals.lead_key

),

{# Both channels need a basis; whom sales works on may be called. #}
bases as (

    select
        *,
        case when consent = 'given' then 'consent' else basis_without_consent end as email_basis,
        case
            when consent = 'given' then 'consent'
            when basis_without_consent = 'none' and is_worked then 'relationship'
            else basis_without_consent
        end as call_basis

    from facts

),

{# What forbids all contact; then what forbids each channel; the first word counts. #}
restrictions as (

    select
        *,
        case
            when is_deleted then 'deleted'
            when is_internal then 'internal'
            when is_opted_out then 'opted_out'
            when has_complained then 'complained'
        end as contact_restriction,
        case
            when email_basis = 'none' then 'no_basis'
            when is_unsubscribed then 'unsubscribed'
            when is_opted_out_of_email then 'opted_out_of_email'
            when consent = 'refused' then 'consent_refused'
            when not has_email then 'no_email'
            when is_bounced then 'bounced'
        end as email_restriction,
        case
            when call_basis = 'none' then 'no_basis'
            when is_opted_out_of_calls then 'do_not_call'
            when not has_phone then 'no_phone'
        end as call_restriction

    from bases

),

final as (

    select
        lead_key,
        has_email,
        has_phone,
        is_opted_out,
        is_opted_out_of_email,
        is_opted_out_of_calls,
        is_unsubscribed,
        has_complained,
        is_bounced,
        consent,
        consented_at,
        consent_source,
        temperature,
        track,
        last_emailed_at,
        is_resting,
        email_basis,
        call_basis,
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
