{# One row per lead: what marketing made of it, what it brought and what it took. #}
with

clock as (

    select * from {{ ref('clock') }}

),

leads as (

    select * from {{ ref('dim_leads') }}
    where inquiry_at is not null

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

{# Marketing's own cycles only; a customer who buys again is no new business. #}
reached as (

    select
        lead_key,
        count(marketing_mql_at) as mqls,
        count(marketing_sal_at) as sals,
        count(marketing_sql_at) as sqls,
        min(new_business_won_at) as won_at,
        count(case when origin != 'expansion' then 1 end) as new_business_cycles

    from cycles

    group by lead_key

),

costs_seen as (

    select min(observable_from) as seen_from

    from {{ ref('observability') }}

    where capability = 'costs'

),

deals as (

    {{ deals_by_business(ref('opportunities'), ref('fct_lead_cycles'), ref('dim_accounts')) }}

),

{# All that were won, more than one in a cycle included. #}
won_deals as (

    select
        lead_key,
        round(sum(converted_amount), 2) as won_amount,
        max(reporting_currency_code) as won_currency_code,
        sum(case when converted_amount is null then 1 else 0 end) as won_without_amount

    from deals

    where is_new_business_won

    group by lead_key

),

touches as (

    select
        lead_key,
        count(*) as sales_touches

    from {{ ref('lead_events') }}

    where is_sales_touch

    group by lead_key

),

handoffs as (

    select
        lead_key,
        count(*) as handoffs,
        sum(case when is_in_black_hole then 1 else 0 end) as handoffs_in_black_hole

    from {{ ref('fct_handoffs') }}

    where is_judged

    group by lead_key

),

final as (

    select
        leads.lead_key,
        {# The CRM's word only where nothing else is known. #}
        coalesce(leads.channel, lower(leads.lead_source), '(null)') as channel,
        coalesce(leads.lead_source, '(null)') as lead_source,
        leads.first_campaign_id as campaign_id,
        leads.inquiry_at,
        coalesce(reached.mqls, 0) as mqls,
        coalesce(reached.sals, 0) as sals,
        coalesce(reached.sqls, 0) as sqls,
        reached.won_at,
        case when reached.won_at is not null then won_deals.won_amount end as won_amount,
        case
            when reached.won_at is not null and won_deals.won_amount is not null
                then won_deals.won_currency_code
        end as won_currency_code,
        case when reached.won_at is not null then coalesce(won_deals.won_without_amount, 1) else 0 end
            as won_without_amount,
        {{ days_between('leads.inquiry_at', 'reached.won_at') }} as days_to_win,
        {{ is_mature('leads.inquiry_at', 'clock.as_of') }}
        and {{ is_win_seen('leads.inquiry_at', 'observability') }}
        {# Whoever came in as a customer cannot be won as new business. #}
        and coalesce(reached.new_business_cycles > 0, true) as is_mature,
        {{ is_in_horizon('reached.won_at', 'leads.inquiry_at') }} as is_won_in_horizon,
        coalesce(leads.inquiry_at >= costs_seen.seen_from, false) as is_cost_seen,
        coalesce(touches.sales_touches, 0) as sales_touches,
        coalesce(handoffs.handoffs, 0) as judged_handoffs,
        coalesce(handoffs.handoffs_in_black_hole, 0) as handoffs_in_black_hole

    from leads

    cross join clock

    cross join costs_seen

    left join {{ ref('lead_observability') }} as observability
        on leads.lead_key = observability.lead_key

    left join reached
        on leads.lead_key = reached.lead_key

    left join won_deals
        on leads.lead_key = won_deals.lead_key

    left join touches
        on leads.lead_key = touches.lead_key

    left join handoffs
        on leads.lead_key = handoffs.lead_key

)

select * from final
