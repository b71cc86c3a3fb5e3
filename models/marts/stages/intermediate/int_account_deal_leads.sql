{# Whose a deal is that names an account and nobody: the leads of the account that were
   open when it was made, first of all the one that sales worked on last. What ended a
   lead is read from the CRM's own words here, because cycles are made from whose the
   deals are. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

lead_accounts as (

    select * from {{ ref('lead_accounts') }}

),

stages as (

    select * from {{ ref('stages') }}

),

outcomes as (

    select * from {{ ref('opportunity_outcomes') }}

),

converted_leads as (

    select distinct converted_opportunity_id
    from {{ ref('stg_raw__crm_leads') }}
    where converted_opportunity_id is not null

),

{# Every lead of the account that there could be; most deals name somebody. #}
parts as (

    select
        outcomes.opportunity_id,
        outcomes.created_at,
        lead_accounts.lead_key,
        lead_accounts.account_known_at

    from outcomes

    inner join lead_accounts
        on {{ key(["'account:' || outcomes.account_id"]) }} = lead_accounts.account_key

    left join converted_leads
        on outcomes.opportunity_id = converted_leads.converted_opportunity_id

    where
        coalesce(outcomes.lead_id, outcomes.contact_id) is null
        and converted_leads.converted_opportunity_id is null

),

part_leads as (

    select distinct lead_key from parts

),

said as (

    select
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        new_value as status,
        changed_at as said_at

    from {{ ref('int_status_changes') }}

    union all

    select
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key,
        status,
        coalesce(updated_at, created_at) as said_at

    from {{ ref('stg_raw__crm_leads') }}

),

stage_words as (

    select
        members.lead_key,
        stages.stage,
        stages.is_terminal,
        said.said_at

    from said

    inner join members
        on said.identifier_key = members.identifier_key

    inner join part_leads
        on members.lead_key = part_leads.lead_key

    inner join {{ ref('stage_map') }} as stage_map
        on
            stage_map.object_type = 'lead'
            and lower(said.status) = lower(stage_map.raw_status)

    inner join stages
        on stage_map.stage = stages.stage

    union all

    select
        members.lead_key,
        outcomes.closed_as as stage,
        true as is_terminal,
        outcomes.ended_at as said_at

    from outcomes

    inner join members
        on
            {{ crm_identifier_key('outcomes.lead_id', 'outcomes.contact_id') }}
            = members.identifier_key

    inner join part_leads
        on members.lead_key = part_leads.lead_key

    where outcomes.closed_as is not null

),

words_by_part as (

    select
        parts.opportunity_id,
        parts.lead_key,
        max(case when stage_words.is_terminal then stage_words.said_at end) as ended_at,
        {# After these, only the CRM moves a lead forward again. #}
        max(case
            when stage_words.stage in ('closed_won', 'disqualified') then stage_words.said_at
        end) as ended_for_good_at,
        max(case when not stage_words.is_terminal then stage_words.said_at end)
            as moved_at,
        max(case
            when stage_words.stage in ('sal', 'sql') then stage_words.said_at
        end) as worked_at

    from parts

    inner join stage_words
        on
            parts.lead_key = stage_words.lead_key
            and stage_words.said_at <= parts.created_at

    group by parts.opportunity_id, parts.lead_key

),

events_by_part as (

    select
        parts.opportunity_id,
        parts.lead_key,
        max(case
            when events.is_engagement or events.event_type = 'lead_created'
                then events.occurred_at
        end) as engaged_at,
        max(case when events.is_sales_touch then events.occurred_at end) as touched_at

    from parts

    inner join {{ ref('lead_events') }} as events
        on
            parts.lead_key = events.lead_key
            and events.occurred_at <= parts.created_at

    where
        events.is_engagement
        or events.is_sales_touch
        or events.event_type = 'lead_created'

    group by parts.opportunity_id, parts.lead_key

),

open_parts as (

    select
        parts.opportunity_id,
        parts.lead_key,
        parts.account_known_at,
        events_by_part.engaged_at,
        coalesce(
            greatest(events_by_part.touched_at, words_by_part.worked_at)
            > coalesce(words_by_part.ended_at, timestamp '1970-01-01 00:00:00'),
            false
        ) as is_worked,
        events_by_part.touched_at

    from parts

    inner join events_by_part
        on
            parts.opportunity_id = events_by_part.opportunity_id
            and parts.lead_key = events_by_part.lead_key

    left join words_by_part
        on
            parts.opportunity_id = words_by_part.opportunity_id
            and parts.lead_key = words_by_part.lead_key

    where
        words_by_part.ended_at is null
        or words_by_part.moved_at > words_by_part.ended_at
        or (
            events_by_part.engaged_at > words_by_part.ended_at
            and words_by_part.ended_at
            > coalesce(words_by_part.ended_for_good_at, timestamp '1970-01-01 00:00:00')
        )

),

final as (

    select
        opportunity_id,
        lead_key,
        account_known_at,
        row_number() over (
            partition by opportunity_id
            order by
                case when is_worked then 0 else 1 end,
                coalesce(touched_at, timestamp '1970-01-01 00:00:00') desc,
                coalesce(engaged_at, timestamp '1970-01-01 00:00:00') desc,
                lead_key
        ) = 1 as is_first

    from open_parts

)

select * from final
