{# One row per person who said anything about being contacted, or whose mailbox did: what
   is said under one plus address holds for all of them. The newest word counts: an opt-out
   in the CRM and an unsubscription stand until the person gives consent again, a complaint
   stands for good. What the CRM once said stands too when a record is deleted, or an import
   writes over it: only the person takes it back. #}
{% set opt_out_fields = ['has_opted_out', 'hasoptedoutofemail', 'hs_email_optout'] %}

with

members as (

    select * from {{ ref('identity_members') }}

),

mailboxes as (

    select distinct
        lead_key,
        {{ mailbox('identifier_value') }} as mailbox

    from members

    where identifier_type = 'email'

),

{# Whose words count for whom. #}
listeners as (

    select
        lead_key,
        lead_key as speaker_lead_key

    from members

    union distinct

    select
        listeners.lead_key,
        speakers.lead_key as speaker_lead_key

    from mailboxes as listeners

    inner join mailboxes as speakers
        on listeners.mailbox = speakers.mailbox

),

{# A version that bears no time of its own counts from its arrival. #}
opt_out_words as (

    {% for raw_table, identifier_type, record_id in [
        ('crm_leads', 'crm_lead', 'lead_id'),
        ('crm_contacts', 'crm_contact', 'contact_id'),
    ] %}
    select
        {{ identifier_key(identifier_type, record_id) }} as identifier_key,
        coalesce(updated_at, arrived_at) as said_at

    from {{ ref('base_raw__' ~ raw_table) }}

    where has_opted_out and reject_reason is null

    union all

    {% endfor %}
    select
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        changed_at as said_at

    from {{ ref('stg_raw__crm_lead_history') }}

    where
        lower(field_name) in ({{ literals(opt_out_fields) }})
        and lower(new_value) in ('true', 'yes', '1')

),

opt_outs as (

    select
        listeners.lead_key,
        max(opt_out_words.said_at) as opted_out_at

    from opt_out_words

    inner join members
        on opt_out_words.identifier_key = members.identifier_key

    inner join listeners
        on members.lead_key = listeners.speaker_lead_key

    group by listeners.lead_key

),

{# Of one moment, a refusal counts. #}
ranked_consents as (

    select
        listeners.lead_key,
        forms.consent_marketing,
        forms.occurred_at,
        row_number() over (
            partition by listeners.lead_key
            order by
                forms.occurred_at desc,
                case when forms.consent_marketing then 1 else 0 end,
                forms.submission_id
        ) as recency_rank

    from {{ ref('stg_raw__form_submissions') }} as forms

    inner join members
        on {{ identifier_key('email', 'forms.email') }} = members.identifier_key

    inner join listeners
        on members.lead_key = listeners.speaker_lead_key

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
        listeners.lead_key,
        max(case when events.event_type = 'unsubscribed' then events.occurred_at end)
            as unsubscribed_at,
        max(case when events.event_type = 'spam_complained' then events.occurred_at end)
            as complained_at

    from {{ ref('lead_events') }} as events

    inner join listeners
        on events.lead_key = listeners.speaker_lead_key

    where events.event_type in ('unsubscribed', 'spam_complained')

    group by listeners.lead_key

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
        opt_outs.lead_key is not null
        and not coalesce(
            consents.consent_marketing
            and consents.occurred_at > opt_outs.opted_out_at,
            false
        ) as is_opted_out,
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
