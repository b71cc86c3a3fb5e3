{{ config(group='funnel') }}

{# What channels cost is what all campaigns cost, those without leads included. Rounded to
   cents by channel. #}
with

channels as (

    select
        sum(cost) as cost,
        count(*) as channels

    from {{ ref('source_performance') }}

    where dimension = 'channel'

),

campaigns as (

    select sum(cost) as cost

    from {{ ref('campaign_performance') }}

),

currencies as (

    select
        count(distinct currency_code) as codes,
        max(currencies) as most_in_one_campaign

    from {{ ref('int_campaign_costs') }}

)

select
    channels.cost as cost_of_channels,
    campaigns.cost as cost_of_campaigns

from channels

cross join campaigns

cross join currencies

where
    currencies.codes = 1
    and currencies.most_in_one_campaign = 1
    and abs(coalesce(channels.cost, 0) - coalesce(campaigns.cost, 0))
    > 0.01 * channels.channels
