{# What each campaign cost, of which channel it is, and what of it each lead bears that it was first to bring: the
   cost is shared evenly. Amounts in several currencies do not add up: such a campaign has
   no cost, and says how many currencies it has. #}
with

costs as (

    select
        campaign_id,
        count(distinct coalesce(currency_code, '(none)')) as currencies,
        case
            when count(distinct coalesce(currency_code, '(none)')) = 1
                then max(coalesce(currency_code, '(none)'))
        end as currency_code,
        {{ sum_of_one_currency('amount', 'currency_code') }} as cost

    from {{ ref('stg_raw__campaign_costs') }}

    where campaign_id is not null and amount is not null

    group by campaign_id

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
        costs.currencies,
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
