{# What a won deal brings, by size of the firm and industry. Few deals say little: each mean is
   drawn to that of the size, and that to the mean of all. #}
{# How many deals the mean above is worth. #}
{% set prior_deals = 10 %}

with

clock as (

    select * from {{ ref('clock') }}

),

leads as (

    select
        lead_key,
        segment,
        coalesce(industry, '(null)') as industry

    from {{ ref('dim_leads') }}

),

deals as (

    {{ deals_by_business(ref('opportunities'), ref('fct_lead_cycles'), ref('dim_accounts')) }}

),

won_deals as (

    select
        deals.opportunity_id,
        deals.converted_amount as amount,
        deals.reporting_currency_code as currency_code,
        leads.segment,
        leads.industry

    from deals

    cross join clock

    left join leads
        on deals.lead_key = leads.lead_key

    where
        deals.is_new_business_won
        and deals.converted_amount > 0
        and deals.ended_at <= clock.as_of

),

averages as (

    select
        max(currency_code) as currency_code,
        count(*) as deals,
        avg(amount) as average_amount,
        var_samp(amount) as amount_variance

    from won_deals

    having count(*) > 0

),

cells as (

    select distinct
        leads.segment,
        leads.industry

    from leads

),

counted as (

    select
        cells.segment,
        cells.industry,
        averages.currency_code,
        averages.average_amount,
        averages.amount_variance,
        averages.deals as all_deals,
        count(won_deals.opportunity_id) as deals,
        coalesce(sum(won_deals.amount), 0) as amount

    from cells

    cross join averages

    left join won_deals
        on
            cells.segment = won_deals.segment
            and cells.industry = won_deals.industry

    group by
        cells.segment, cells.industry, averages.currency_code, averages.average_amount,
        averages.amount_variance, averages.deals

),

by_segment as (

    select
        *,
        (
            sum(amount) over (partition by segment)
            + {{ prior_deals }} * average_amount
        )
        / (sum(deals) over (partition by segment) + {{ prior_deals }}) as segment_amount

    from counted

),

final as (

    select
        segment,
        industry,
        currency_code,
        cast(deals as bigint) as deals,
        round((amount + {{ prior_deals }} * segment_amount) / (deals + {{ prior_deals }}), 6)
            as expected_amount,
        amount_variance / all_deals as average_variance

    from by_segment

)

select * from final
order by segment, industry
