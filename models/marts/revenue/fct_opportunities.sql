{# One row per deal. Deals that the CRM deleted or merged into others are in no row of
   `opportunities`. Won is what opportunity_outcomes says. #}
with

clock as (

    select * from {{ ref('clock') }}

),

records as (

    select
        opportunity_id,
        {{ person_owner('owner_id') }} as owner_id,
        pipeline,
        campaign_id

    from {{ ref('stg_raw__crm_opportunities') }}

),

people as (

    select
        opportunity_id,
        count(*) as people

    from {{ ref('opportunity_people') }}

    group by opportunity_id

),

stages as (

    select
        opportunity_id,
        max(stage_number) as stages_passed,
        max(case when is_last then entered_at end) as last_stage_entered_at

    from {{ ref('int_deal_stages') }}

    group by opportunity_id

),

final as (

    select
        opportunities.opportunity_id,
        opportunities.account_key,
        opportunities.lead_key,
        cast(coalesce(people.people, 0) as bigint) as people,
        records.owner_id,
        records.pipeline,
        opportunities.deal_type,
        cycles.origin,
        records.campaign_id as crm_campaign_id,
        {# The channel of the person whose deal it is; of a deal that names nobody, that of
           the first who engaged in its company. #}
        coalesce(
            leads.channel,
            lower(leads.lead_source),
            case when opportunities.lead_key is null then accounts.first_touch_channel end,
            '(null)'
        ) as first_touch_channel,
        coalesce(leads.first_campaign_id, '(null)') as first_touch_campaign_id,
        case
            when opportunities.closed_as is null then 'open'
            when opportunities.closed_as = 'closed_won' then 'won'
            else 'lost'
        end as outcome,
        opportunities.stage_name,
        opportunities.reason as lost_reason,
        opportunities.created_at,
        case when opportunities.closed_as is not null then opportunities.ended_at end
            as ended_at,
        case when opportunities.closed_as is null then opportunities.closed_at end
            as expected_close_at,
        cast(coalesce(stages.stages_passed, 0) as bigint) as stages_passed,
        {{ days_between('opportunities.created_at', 'coalesce(opportunities.ended_at, clock.as_of)') }}
            as days_open,
        case
            when opportunities.closed_as is null
                then {{ days_between('stages.last_stage_entered_at', 'clock.as_of') }}
        end as days_in_current_stage,
        cast(round(opportunities.converted_amount, 2) as double) as amount,
        case
            when opportunities.closed_as = 'closed_won'
                then cast(round(opportunities.converted_amount, 2) as double)
        end as won_amount,
        opportunities.reporting_currency_code as currency_code,
        opportunities.amount as original_amount,
        opportunities.currency_code as original_currency_code

    from {{ ref('opportunities') }} as opportunities

    cross join clock

    left join records
        on opportunities.opportunity_id = records.opportunity_id

    left join people
        on opportunities.opportunity_id = people.opportunity_id

    left join stages
        on opportunities.opportunity_id = stages.opportunity_id

    left join {{ ref('dim_leads') }} as leads
        on opportunities.lead_key = leads.lead_key

    left join {{ ref('dim_accounts') }} as accounts
        on opportunities.account_key = accounts.account_key

    left join {{ ref('fct_lead_cycles') }} as cycles
        on
            opportunities.lead_key = cycles.lead_key
            and opportunities.created_at >= cycles.started_at
            and opportunities.created_at < cycles.next_started_at

)

select * from final
order by opportunity_id
