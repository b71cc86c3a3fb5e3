{# What each campaign cost, and of which channel it is. What has no rate to the reporting currency
   is left out and counted. #}
with

campaign_costs as (

    {{ campaign_costs(ref('stg_raw__campaign_costs'), ref('currency_rates')) }}

),

costs as (

    select
        campaign_id,
        max(reporting_currency_code) as currency_code,
        cast(round(sum(converted_amount), 2) as double) as cost,
        sum(case when converted_amount is null then 1 else 0 end) as costs_left_out

    from campaign_costs

    group by campaign_id

),

campaigns as (

    {{ campaign_channels(ref('stg_raw__campaigns'), ref('channels')) | indent(4) }}

),

{# Whom a campaign reached decides what its money was for: who had asked for nothing before
   was to be won, all others were known. #}
answers as (

    select
        lead_key,
        campaign_id,
        min(occurred_at) as answered_at

    from {{ ref('lead_events') }}

    where campaign_id is not null and is_engagement

    group by lead_key, campaign_id

),

reached as (

    select
        answers.campaign_id,
        avg(case
            when coalesce(leads.inquiry_at >= answers.answered_at, true) then cast(1 as double)
            else cast(0 as double)
        end) as acquisition_share

    from answers

    inner join {{ ref('dim_leads') }} as leads
        on answers.lead_key = leads.lead_key

    group by answers.campaign_id

),

final as (

    select
        costs.campaign_id,
        coalesce(campaigns.channel, '(null)') as channel,
        costs.costs_left_out,
        costs.currency_code,
        costs.cost,
        reached.acquisition_share,
        round(costs.cost * reached.acquisition_share, 2) as acquisition_cost

    from costs

    left join campaigns
        on costs.campaign_id = campaigns.campaign_id

    left join reached
        on costs.campaign_id = reached.campaign_id

)

select * from final
