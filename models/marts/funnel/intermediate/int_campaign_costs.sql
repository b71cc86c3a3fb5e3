{# What each campaign cost, of which channel it is, and what of it each lead bears that it was
   first to bring: the cost is shared evenly. What has no rate to the reporting currency is left
   out and counted. #}
with

currency_rates as (

    select * from {{ ref('currency_rates') }}

),

costs as (

    select
        costs.campaign_id,
        max(currency_rates.reporting_currency) as currency_code,
        cast(round(sum(costs.amount * currency_rates.rate), 2) as double) as cost,
        sum(case when currency_rates.rate is null then 1 else 0 end) as costs_left_out

    from {{ ref('stg_raw__campaign_costs') }} as costs

    {{ join_rates('currency_rates', 'costs.currency_code', 'cast(costs.cost_date as timestamp)') }}

    where costs.campaign_id is not null and costs.amount is not null

    group by costs.campaign_id

),

campaigns as (

    {{ campaign_channels(ref('stg_raw__campaigns'), ref('channels')) | indent(4) }}

),

brought as (

    select
        first_campaign_id as campaign_id,
        count(*) as leads

    from {{ ref('dim_leads') }}

    where first_campaign_id is not null and inquiry_at is not null

    group by first_campaign_id

),

final as (

    select
        costs.campaign_id,
        coalesce(campaigns.channel, '(null)') as channel,
        costs.costs_left_out,
        costs.currency_code,
        costs.cost,
        costs.cost / brought.leads as cost_per_lead

    from costs

    left join campaigns
        on costs.campaign_id = campaigns.campaign_id

    left join brought
        on costs.campaign_id = brought.campaign_id

)

select * from final
