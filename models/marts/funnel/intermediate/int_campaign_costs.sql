{# What each campaign cost, and what of it each lead bears that it was first to bring: the
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
        costs.currencies,
        costs.currency_code,
        costs.cost,
        costs.cost / brought.leads as cost_per_lead

    from costs

    left join brought
        on costs.campaign_id = brought.campaign_id

)

select * from final
