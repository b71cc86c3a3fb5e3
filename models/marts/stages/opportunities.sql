{# One row per opportunity: whose it is, how it ended and when. It belongs to the
   lead or contact that it names, else to the lead that says it was converted
   into it; one that only names an account belongs to nobody. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

stage_map as (

    select * from {{ ref('int_stage_map') }}
    where object_type = 'opportunity'

),

converted_leads as (

    select
        converted_opportunity_id as opportunity_id,
        min(lead_id) as lead_id

    from {{ ref('stg_raw__crm_leads') }}

    where converted_opportunity_id is not null

    group by converted_opportunity_id

),

histories as (

    select
        opportunity_id,
        max(stage_name) as any_stage_name

    from {{ ref('stg_raw__crm_opportunity_history') }}

    group by opportunity_id

),

opportunities as (

    select
        opportunities.opportunity_id,
        coalesce(
            {{ identifier_key('crm_lead', 'opportunities.lead_id') }},
            {{ identifier_key('crm_contact', 'opportunities.contact_id') }},
            {{ identifier_key('crm_lead', 'converted_leads.lead_id') }}
        ) as identifier_key,
        opportunities.account_id,
        opportunities.created_at,
        opportunities.closed_at,
        opportunities.updated_at,
        opportunities.loaded_at,
        opportunities.first_loaded_at,
        opportunities.stage_name,
        stage_map.stage,
        coalesce(stage_map.is_terminal, false) as is_stage_terminal,
        opportunities.is_closed,
        opportunities.is_won,
        histories.any_stage_name is not null as has_history,
        opportunities.amount,
        opportunities.currency_code,
        opportunities.lost_reason,
        nullif(stage_map.reason, '') as stage_reason

    from {{ ref('stg_raw__crm_opportunities') }} as opportunities

    left join stage_map
        on lower(opportunities.stage_name) = lower(stage_map.raw_status)

    left join converted_leads
        on opportunities.opportunity_id = converted_leads.opportunity_id

    left join histories
        on opportunities.opportunity_id = histories.opportunity_id

),

{# The flags say how it ended; where they are silent the stage's name does, unless
   a history tells it with its time. #}
judged as (

    select
        *,
        case
            when is_won then 'closed_won'
            when is_closed and is_won is null and is_stage_terminal then stage
            when is_closed and is_stage_terminal and stage != 'closed_won' then stage
            when is_closed then 'closed_lost'
            when is_closed is null and is_stage_terminal and not has_history
                and (is_won is null or stage != 'closed_won')
                then stage
        end as closed_as

    from opportunities

),

final as (

    select
        judged.opportunity_id,
        members.lead_key,
        members.joined_at,
        judged.account_id,
        judged.created_at,
        judged.closed_at,
        judged.updated_at,
        judged.loaded_at,
        judged.first_loaded_at,
        judged.stage_name,
        judged.stage,
        judged.is_closed,
        judged.is_won,
        judged.has_history,
        judged.closed_as,
        {# Nothing ends before it began: the date of the end is then the wrong one. #}
        case
            when judged.closed_as is not null
                then greatest(
                    coalesce(judged.closed_at, judged.updated_at, judged.created_at),
                    coalesce(judged.created_at, judged.closed_at, judged.updated_at)
                )
        end as ended_at,
        case
            when judged.closed_as is distinct from 'closed_won'
                then coalesce(judged.lost_reason, judged.stage_reason)
        end as reason,
        cast(judged.amount as double) as amount,
        judged.currency_code,
        coalesce(judged.closed_at < judged.created_at, false)
            as is_closed_before_created,
        coalesce(
            (judged.is_won and judged.is_stage_terminal and judged.stage != 'closed_won')
            or (not judged.is_won and judged.stage = 'closed_won')
            or (not judged.is_closed and judged.is_stage_terminal),
            false
        ) as is_stage_contradicted

    from judged

    left join members
        on judged.identifier_key = members.identifier_key

)

select * from final
