{# Since when following up of a lead, and its win, can be seen: from the day on which a CRM
   that has a record of it first logged an activity, or held a deal, or any CRM where none
   has a record. Before that day, and in a CRM that logs none, nobody can tell an untouched
   lead from one whose calls are not written down, nor a lost one from one whose deal is
   kept elsewhere. Where leads bear no owner and nothing is logged, nobody sells: such a
   tool hands its leads on, and their deals are in any CRM. Where a status alone says won, all records say it. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

records as (

    select
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        coalesce(source, '') as source,
        owner_id is not null as has_owner

    from {{ ref('stg_raw__crm_leads') }}

    union all

    select
        {{ identifier_key('crm_contact', 'contact_id') }} as identifier_key,
        coalesce(source, '') as source,
        owner_id is not null as has_owner

    from {{ ref('stg_raw__crm_contacts') }}

),

records_of_leads as (

    select
        members.lead_key,
        records.source,
        max(case when records.has_owner then 1 else 0 end) as has_owner

    from records

    inner join members
        on records.identifier_key = members.identifier_key

    group by members.lead_key, records.source

),

won_by_status as (

    select distinct records_of_leads.source

    from records_of_leads

    inner join {{ ref('lead_wins') }} as wins
        on
            records_of_leads.lead_key = wins.lead_key
            and wins.opportunity_id is null

),

seen as (

    select
        source,
        min(case when capability = 'activities' then observable_from end) as followed_up_from,
        min(case when capability = 'durations' then observable_from end) as timed_from,
        min(case when capability = 'opportunities' then observable_from end) as deals_from

    from {{ ref('observability') }}

    group by source

),

sources as (

    select
        seen.source,
        seen.followed_up_from,
        seen.timed_from,
        case
            when won_by_status.source is not null then timestamp '1900-01-01 00:00:00'
            else seen.deals_from
        end as won_from,
        coalesce(owned.has_owner, 0) = 0
        and seen.deals_from is null
        and seen.followed_up_from is null as hands_on

    from seen

    left join won_by_status
        on seen.source = won_by_status.source

    left join (
        select
            source,
            max(has_owner) as has_owner

        from records_of_leads

        group by source
    ) as owned
        on seen.source = owned.source

),

anywhere as (

    select
        min(followed_up_from) as followed_up_from,
        min(timed_from) as timed_from,
        min(won_from) as won_from

    from sources

),

of_records as (

    select
        records_of_leads.lead_key,
        min(sources.followed_up_from) as followed_up_from,
        min(sources.timed_from) as timed_from,
        min(case when sources.hands_on then anywhere.won_from else sources.won_from end)
            as won_from

    from records_of_leads

    inner join sources
        on records_of_leads.source = sources.source

    cross join anywhere

    group by records_of_leads.lead_key

),

leads as (

    select distinct lead_key from {{ ref('fct_lead_cycles') }}

),

final as (

    select
        leads.lead_key,
        case
            when of_records.lead_key is not null then of_records.followed_up_from
            else anywhere.followed_up_from
        end as follow_up_observable_from,
        case
            when of_records.lead_key is not null then of_records.timed_from
            else anywhere.timed_from
        end as durations_observable_from,
        case
            when of_records.lead_key is not null then of_records.won_from
            else anywhere.won_from
        end as wins_observable_from

    from leads

    cross join anywhere

    left join of_records
        on leads.lead_key = of_records.lead_key

)

select * from final
