{# What each campaign cost, and of which channel it is. What has no rate to the reporting currency
   is left out and counted. #}
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

words as (

    {{ channels_by_word(ref('channels')) }}

),

campaigns as (

    select
        campaigns.campaign_id,
        coalesce(words.channel, lower(campaigns.channel)) as channel

    from {{ ref('stg_raw__campaigns') }} as campaigns

    left join words
        on lower(campaigns.channel) = words.word

),

final as (

    select
        costs.campaign_id,
        coalesce(campaigns.channel, '(null)') as channel,
        costs.costs_left_out,
        costs.currency_code,
        costs.cost

    from costs

    left join campaigns
        on costs.campaign_id = campaigns.campaign_id

)

select * from final
