{# What each campaign cost. Amounts in several currencies do not add up: such a
   campaign has no cost, and says how many currencies it has. #}
with

costs as (

    select
        campaign_id,
        amount,
        coalesce(currency_code, '(none)') as currency_code

    from {{ ref('stg_raw__campaign_costs') }}

    where campaign_id is not null and amount is not null

),

final as (

    select
        campaign_id,
        count(distinct currency_code) as currencies,
        case when count(distinct currency_code) = 1 then max(currency_code) end
            as currency_code,
        case
            when count(distinct currency_code) = 1
                then cast(round(sum(amount), 2) as double)
        end as cost

    from costs

    group by campaign_id

)

select * from final
