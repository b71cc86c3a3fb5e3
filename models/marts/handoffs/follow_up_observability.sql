{# Since when following up of a lead can be seen: from the day on which a CRM that has a
   record of it first logged an activity, or any CRM where none has one. Before that day,
   and in a CRM that logs none, nobody can tell an untouched lead from one whose calls
   are not written down. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

first_logged as (

    select
        source,
        observable_from as logged_from

    from {{ ref('observability') }}

    where capability = 'activities'

),

records as (

    select
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        coalesce(source, '') as source

    from {{ ref('stg_raw__crm_leads') }}

    union all

    select
        {{ identifier_key('crm_contact', 'contact_id') }} as identifier_key,
        coalesce(source, '') as source

    from {{ ref('stg_raw__crm_contacts') }}

),

of_records as (

    select
        members.lead_key,
        min(first_logged.logged_from) as observable_from

    from records

    inner join members
        on records.identifier_key = members.identifier_key

    left join first_logged
        on records.source = first_logged.source

    group by members.lead_key

),

leads as (

    select distinct lead_key from {{ ref('fct_lead_cycles') }}

),

final as (

    select
        leads.lead_key,
        case
            when of_records.lead_key is not null then of_records.observable_from
            else (select min(logged_from) from first_logged)
        end as observable_from

    from leads

    left join of_records
        on leads.lead_key = of_records.lead_key

)

select * from final
