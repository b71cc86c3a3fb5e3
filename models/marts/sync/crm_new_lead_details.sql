{# Who the leads are that the CRM does not know yet: what it asks for to create a record.
   It names people, so it stays in the warehouse, and only the push reads it. What its
   forms do not say, CRMs ask for nevertheless: the address stands in for it. #}
{{ config(materialized='view') }}

with

members as (

    select * from {{ ref('identity_members') }}

),

forms as (

    select
        members.lead_key,
        submissions.*,
        cast({{ epoch_micros('submissions.occurred_at') }} as string)
        || submissions.submission_id as form_order

    from {{ ref('stg_raw__form_submissions') }} as submissions

    inner join members
        on {{ event_identifier_key('form_submissions', 'submissions') }} = members.identifier_key

),

{# The latest word on each. #}
words as (

    select
        lead_key
        {%- for column in ['email', 'first_name', 'last_name', 'company_name', 'job_title', 'phone'] %},
        max_by({{ column }}, case when {{ column }} is not null then form_order end) as {{ column }}
        {%- endfor %}

    from forms

    group by lead_key

),

addresses as (

    select
        lead_key,
        min(identifier_value) as email

    from members

    where identifier_type = 'email'

    group by lead_key

),

final as (

    select
        records.lead_key,
        coalesce(words.email, addresses.email) as email,
        words.first_name,
        coalesce(
            words.last_name, split_part(coalesce(words.email, addresses.email), '@', 1)
        ) as last_name,
        coalesce(
            words.company_name, split_part(coalesce(words.email, addresses.email), '@', 2)
        ) as company_name,
        words.job_title,
        words.phone

    from {{ ref('crm_lead_sync') }} as records

    inner join addresses
        on records.lead_key = addresses.lead_key

    left join words
        on records.lead_key = words.lead_key

    where records.action = 'create'

)

select * from final
