{# One row per person who said anything about being contacted. The newest word counts: an
   unsubscription stands until consent is given again, a complaint and an opt-out in the
   CRM stand for good. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

opt_outs as (

    select distinct members.lead_key

    from (
        select {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key
        from {{ ref('stg_raw__crm_leads') }}
        where has_opted_out

        union all

        select {{ identifier_key('crm_contact', 'contact_id') }} as identifier_key
        from {{ ref('stg_raw__crm_contacts') }}
        where has_opted_out
    ) as opted_out_records

    inner join members
        on opted_out_records.identifier_key = members.identifier_key

),

ranked_consents as (

    select
        members.lead_key,
        forms.consent_marketing,
        forms.occurred_at,
        row_number() over (
            partition by members.lead_key
            order by forms.occurred_at desc, forms.submission_id
        ) as recency_rank

    from {{ ref('stg_raw__form_submissions') }} as forms

    inner join members
        on {{ identifier_key('email', 'forms.email') }} = members.identifier_key

    where forms.consent_marketing is not null

),

consents as (

    select
        lead_key,
        consent_marketing,
        occurred_at

    from ranked_consents

    where recency_rank = 1

),

refusals as (

    select
        lead_key,
        max(case when event_type = 'unsubscribed' then occurred_at end)
            as unsubscribed_at,
        max(case when event_type = 'spam_complained' then occurred_at end)
            as complained_at

    from {{ ref('lead_events') }}

    where event_type in ('unsubscribed', 'spam_complained')

    group by lead_key

),

people as (

    select lead_key from opt_outs

    union distinct

    select lead_key from consents

    union distinct

    select lead_key from refusals

),

final as (

    select
        people.lead_key,
        opt_outs.lead_key is not null as is_opted_out,
        refusals.unsubscribed_at is not null
        and not coalesce(
            consents.consent_marketing
            and consents.occurred_at > refusals.unsubscribed_at,
            false
        ) as is_unsubscribed,
        refusals.complained_at is not null as has_complained,
        case
            when consents.consent_marketing then 'given'
            when not consents.consent_marketing then 'refused'
            else 'unknown'
        end as consent

    from people

    left join opt_outs
        on people.lead_key = opt_outs.lead_key

    left join consents
        on people.lead_key = consents.lead_key

    left join refusals
        on people.lead_key = refusals.lead_key

)

select * from final
