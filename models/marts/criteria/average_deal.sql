{# What a won deal brings on average. Amounts of several currencies do not add up: the
   commonest one speaks. #}
with

clock as (

    select * from {{ ref('clock') }}

),

outcomes as (

    select * from {{ ref('opportunity_outcomes') }}

),

won_deals as (

    select
        coalesce(outcomes.currency_code, '') as currency_code,
        count(*) as deals,
        avg(outcomes.amount) as average_amount,
        var_samp(outcomes.amount) as amount_variance

    from outcomes

    cross join clock

    where
        outcomes.closed_as = 'closed_won'
        and coalesce(outcomes.deal_type, 'new_business') = 'new_business'
        and outcomes.amount > 0
        and outcomes.ended_at <= clock.as_of

    group by coalesce(outcomes.currency_code, '')

),

ranked_currencies as (

    select
        *,
        row_number() over (
            order by deals desc, currency_code
        ) as currency_rank

    from won_deals

),

final as (

    select
        currency_code,
        deals,
        average_amount,
        amount_variance / deals as average_variance

    from ranked_currencies

    where currency_rank = 1

)

select * from final
