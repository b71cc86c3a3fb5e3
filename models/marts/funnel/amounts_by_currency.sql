{# Every amount of money in its own currency, beside what it is worth in the reporting
   currency: what other marts leave out for want of a rate stands here, and is not lost. #}
with

deals as (

    {{ deals_by_business(ref('opportunities'), ref('fct_lead_cycles'), ref('dim_accounts')) }}

),

costs as (

    {{ campaign_costs(ref('stg_raw__campaign_costs'), ref('currency_rates')) }}

),

amounts as (

    select
        case
            when closed_as is null then 'open_pipeline'
            when is_new_business_won then 'won_new_business'
            else 'won_expansion'
        end as kind,
        currency_code,
        amount,
        converted_amount

    from deals

    where closed_as is null or closed_as = 'closed_won'

    union all

    select
        'cost' as kind,
        currency_code,
        amount,
        converted_amount

    from costs

),

reporting as (

    select max(reporting_currency) as currency_code from {{ ref('currency_rates') }}

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
