{{ config(group='funnel') }}

{# What sources cost is what campaigns with leads cost: sharing a campaign's cost
   among its leads loses and doubles nothing. Rounded to cents by source. #}
with

sources as (

    select
        sum(cost) as cost,
        count(*) as sources

    from {{ ref('source_performance') }}

),

campaigns as (

    select
        sum(case when leads > 0 then cost end) as cost

    from {{ ref('campaign_performance') }}

),

currencies as (

    select
        count(distinct currency_code) as codes,
        max(currencies) as most_in_one_campaign

    from {{ ref('int_campaign_costs') }}

)

select
    sources.cost as cost_of_sources,
    campaigns.cost as cost_of_campaigns

from sources

cross join campaigns

cross join currencies

where
    currencies.codes = 1
    and currencies.most_in_one_campaign = 1
    and abs(coalesce(sources.cost, 0) - coalesce(campaigns.cost, 0))
    > 0.01 * sources.sources
