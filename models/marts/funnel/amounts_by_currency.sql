{# Every amount of money in its own currency, beside what it is worth in the reporting
   currency: what other marts leave out for want of a rate stands here, and is not lost. #}
with

currency_rates as (

    select * from {{ ref('currency_rates') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

amounts as (

    select
        case
            when opportunities.closed_as is null then 'open_pipeline'
            when
                coalesce(opportunities.deal_type, 'new_business') = 'new_business'
                and coalesce(cycles.origin, 'marketing') != 'expansion'
                then 'won_new_business'
            else 'won_expansion'
        end as kind,
        opportunities.currency_code,
        opportunities.amount,
        opportunities.amount * currency_rates.rate as converted_amount

    from {{ ref('opportunities') }} as opportunities

    left join cycles
        on
            opportunities.lead_key = cycles.lead_key
            and opportunities.ended_at >= cycles.started_at
            and opportunities.ended_at < cycles.next_started_at

    {{ join_rates('currency_rates', 'opportunities.currency_code', 'opportunities.ended_at') }}

    where opportunities.closed_as is null or opportunities.closed_as = 'closed_won'

    union all

    select
        'cost' as kind,
        costs.currency_code,
        costs.amount,
        costs.amount * currency_rates.rate as converted_amount

    from {{ ref('stg_raw__campaign_costs') }} as costs

    {{ join_rates('currency_rates', 'costs.currency_code', 'cast(costs.cost_date as timestamp)') }}

    where costs.campaign_id is not null and costs.amount is not null

),

reporting as (

    select max(reporting_currency) as currency_code from currency_rates

),

final as (

    select
        amounts.kind,
        coalesce(nullif(amounts.currency_code, ''), '(null)') as currency_code,
        cast(count(*) as bigint) as entries,
        cast(count(*) - count(amounts.amount) as bigint) as without_amount,
        cast(count(amounts.amount) - count(amounts.converted_amount) as bigint)
            as without_rate,
        cast(round(sum(amounts.amount), 2) as double) as amount,
        cast(round(sum(amounts.converted_amount), 2) as double) as converted_amount,
        max(reporting.currency_code) as reporting_currency_code

    from amounts

    cross join reporting

    group by
        amounts.kind,
        coalesce(nullif(amounts.currency_code, ''), '(null)')

)

select * from final
order by kind, currency_code
