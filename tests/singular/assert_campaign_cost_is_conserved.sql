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

)

select
    channels.cost as cost_of_channels,
    campaigns.cost as cost_of_campaigns

from channels

cross join campaigns

where
    abs(coalesce(channels.cost, 0) - coalesce(campaigns.cost, 0))
    > 0.01 * channels.channels
