{# What one unit of a currency is worth in the reporting currency, and from when to when. The
   reporting currency is the variable, or that of most deals. Where no amount names a currency,
   all are taken for one; where some do, the others are unknown. #}
with

amounts as (

    select
        coalesce(currency_code, '') as currency_code,
        1 as is_deal

    from {{ ref('stg_raw__crm_opportunities') }}

    where amount is not null

    union all

    select
        coalesce(currency_code, '') as currency_code,
        0 as is_deal

    from {{ ref('stg_raw__campaign_costs') }}

    where amount is not null

),

ranked_currencies as (

    select
        currency_code,
        row_number() over (
            order by
                case when currency_code = '' then 1 else 0 end,
                sum(is_deal) desc,
                count(*) desc,
                currency_code
        ) as preference_rank

    from amounts

    group by currency_code

),

reporting as (

    {% if var('reporting_currency') %}
    select '{{ var('reporting_currency') | upper }}' as currency_code
    {% else %}
    select currency_code from ranked_currencies where preference_rank = 1
    {% endif %}

),

rates as (

    select
        upper({{ seed_text('currency_code') }}) as currency_code,
        cast(valid_from as timestamp) as valid_from,
        cast(rate as double) as rate

    from {{ ref('exchange_rates') }}

),

final as (

    select
        currency_code,
        timestamp '1900-01-01 00:00:00' as valid_from,
        timestamp '9999-12-31 00:00:00' as valid_until,
        cast(1 as double) as rate,
        currency_code as reporting_currency

    from reporting

    union all

    select
        rates.currency_code,
        rates.valid_from,
        coalesce(
            lead(rates.valid_from) over (
                partition by rates.currency_code
                order by rates.valid_from
            ),
            timestamp '9999-12-31 00:00:00'
        ) as valid_until,
        rates.rate,
        reporting.currency_code as reporting_currency

    from rates

    inner join reporting
        on rates.currency_code != reporting.currency_code

)

select * from final
order by currency_code, valid_from
