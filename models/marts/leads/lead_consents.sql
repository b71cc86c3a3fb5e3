{# One row per person who said anything about being contacted, or whose mailbox did: what
   is said under one plus address holds for all of them. The newest word counts: an opt-out
   in the CRM and an unsubscription stand until the person gives consent again, a complaint
   stands for good. What the CRM once said stands too when a record is deleted, or an import
   writes over it: only the person takes it back. #}
{% set opt_outs = {
    'all': ('has_opted_out', ['has_opted_out']),
    'email': (
        'has_opted_out_of_email', ['has_opted_out_of_email', 'hasoptedoutofemail', 'hs_email_optout'],
    ),
    'call': ('do_not_call', ['do_not_call', 'donotcall']),
} %}

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

    {% for kind, (column, fields) in opt_outs.items() %}
    {% for raw_table, identifier_type, record_id in [
        ('crm_leads', 'crm_lead', 'lead_id'),
        ('crm_contacts', 'crm_contact', 'contact_id'),
    ] %}
    select
        {{ identifier_key(identifier_type, record_id) }} as identifier_key,
        '{{ kind }}' as kind,
        coalesce(updated_at, arrived_at) as said_at

    from {{ ref('base_raw__' ~ raw_table) }}

    where {{ column }} and reject_reason is null

    union all

    {% endfor %}
    select
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        '{{ kind }}' as kind,
        changed_at as said_at

    from {{ ref('stg_raw__crm_lead_history') }}

    where
        lower(field_name) in ({{ literals(fields) }})
        and lower(new_value) in ('true', 'yes', '1')
    {% if not loop.last %}
    union all

    {% endif %}
    {% endfor %}

),

opt_outs as (

    select
        listeners.lead_key,
        {% for kind in opt_outs %}
        max(case when opt_out_words.kind = '{{ kind }}' then opt_out_words.said_at end)
            as {{ kind }}_opted_out_at{{ ',' if not loop.last }}
        {% endfor %}

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
        on {{ event_identifier_key('form_submissions', 'forms') }} = members.identifier_key

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

{# What the CRM says now of consent; a refusal in one record counts. #}
crm_consents as (

    select
        listeners.lead_key,
        min(case when records.consent_marketing then 1 else 0 end) = 1 as consent_marketing,
        max(records.said_at) as said_at

    from (
        {% for raw_table, identifier_type, record_id in [
            ('crm_leads', 'crm_lead', 'lead_id'),
            ('crm_contacts', 'crm_contact', 'contact_id'),
        ] %}
        select
            {{ identifier_key(identifier_type, record_id) }} as identifier_key,
            consent_marketing,
            coalesce(updated_at, arrived_at) as said_at

        from {{ ref('base_raw__' ~ raw_table) }}

        where is_accepted and not coalesce(is_deleted, false) and consent_marketing is not null

        {% if not loop.last %}union all{% endif %}

        {% endfor %}
    ) as records

    inner join members
        on records.identifier_key = members.identifier_key

    inner join listeners
        on members.lead_key = listeners.speaker_lead_key

    group by listeners.lead_key

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

    select lead_key from crm_consents

    union distinct

    select lead_key from refusals

),

final as (

    select
        people.lead_key,
        {% for kind, name in {
            'all': 'is_opted_out', 'email': 'is_opted_out_of_email', 'call': 'is_opted_out_of_calls',
        }.items() %}
        opt_outs.{{ kind }}_opted_out_at is not null
        and not coalesce(
            consents.consent_marketing
            and consents.occurred_at > opt_outs.{{ kind }}_opted_out_at,
            false
        ) as {{ name }},
        {% endfor %}
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
            {# The CRM speaks for who said nothing themselves, and lifts no opt-out. #}
            when crm_consents.consent_marketing then 'given'
            when not crm_consents.consent_marketing then 'refused'
            else 'unknown'
        end as consent,
        case
            when consents.consent_marketing then consents.occurred_at
            when consents.consent_marketing is null and crm_consents.consent_marketing
                then crm_consents.said_at
        end as consented_at,
        case
            when consents.consent_marketing then 'form'
            when consents.consent_marketing is null and crm_consents.consent_marketing then 'crm'
        end as consent_source

    from people

    left join opt_outs
        on people.lead_key = opt_outs.lead_key

    left join consents
        on people.lead_key = consents.lead_key

    left join crm_consents
        on people.lead_key = crm_consents.lead_key

    left join refusals
        on people.lead_key = refusals.lead_key

)

select * from final
