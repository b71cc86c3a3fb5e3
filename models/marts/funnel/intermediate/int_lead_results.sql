{# One row per lead: how far it ever came, what it brought and what it took. #}
with

clock as (

    select * from {{ ref('clock') }}

),

leads as (

    select * from {{ ref('dim_leads') }}
    where inquiry_at is not null

),

reached as (

    select
        lead_key,
        {% for stage in ['mql', 'sal', 'sql'] %}
        max(case when stage = '{{ stage }}' then 1 else 0 end)
            as reached_{{ stage }}{{ ',' if not loop.last }}
        {% endfor %}

    from {{ ref('stage_entries') }}

    group by lead_key

),

first_wins as (

    select
        lead_key,
        min(won_at) as won_at

    from {{ ref('lead_wins') }}

    group by lead_key

),

currency_rates as (

    select * from {{ ref('currency_rates') }}

),

{# All that were won, more than one in a pass included. #}
won_deals as (

    select
        opportunities.lead_key,
        round(sum(opportunities.amount * currency_rates.rate), 2) as won_amount,
        max(currency_rates.reporting_currency) as won_currency_code,
        sum(case when opportunities.amount * currency_rates.rate is null then 1 else 0 end)
            as won_without_amount

    from {{ ref('opportunities') }} as opportunities

    {{ join_rates('currency_rates', 'opportunities.currency_code', 'opportunities.ended_at') }}

    where
        opportunities.closed_as = 'closed_won'
        and coalesce(opportunities.deal_type, 'new_business') = 'new_business'

    group by opportunities.lead_key

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
        handoffs.lead_key,
        count(*) as handoffs,
        sum(case when handoffs.is_in_black_hole then 1 else 0 end)
            as handoffs_in_black_hole

    from {{ ref('fct_handoffs') }} as handoffs

    cross join clock

    where
        handoffs.is_in_black_hole is not null
        and {{ is_mature('handoffs.handoff_at', 'clock.as_of', var('black_hole_after_days')) }}

    group by handoffs.lead_key

),

final as (

    select
        leads.lead_key,
        {# The CRM's word only where nothing else is known. #}
        coalesce(leads.channel, lower(leads.lead_source), '(null)') as channel,
        coalesce(leads.lead_source, '(null)') as lead_source,
        leads.first_campaign_id as campaign_id,
        leads.inquiry_at,
        coalesce(reached.reached_mql, 0) as reached_mql,
        coalesce(reached.reached_sal, 0) as reached_sal,
        coalesce(reached.reached_sql, 0) as reached_sql,
        first_wins.won_at,
        case when first_wins.won_at is not null then won_deals.won_amount end as won_amount,
        case
            when first_wins.won_at is not null and won_deals.won_amount is not null
                then won_deals.won_currency_code
        end as won_currency_code,
        case when first_wins.won_at is not null then coalesce(won_deals.won_without_amount, 1) else 0 end
            as won_without_amount,
        {{ days_between('leads.inquiry_at', 'first_wins.won_at') }} as days_to_win,
        {{ is_mature('leads.inquiry_at', 'clock.as_of') }} as is_mature,
        {{ is_in_horizon('first_wins.won_at', 'leads.inquiry_at') }} as is_won_in_horizon,
        coalesce(touches.sales_touches, 0) as sales_touches,
        coalesce(handoffs.handoffs, 0) as judged_handoffs,
        coalesce(handoffs.handoffs_in_black_hole, 0) as handoffs_in_black_hole

    from leads

    cross join clock

    left join reached
        on leads.lead_key = reached.lead_key

    left join first_wins
        on leads.lead_key = first_wins.lead_key

    left join won_deals
        on leads.lead_key = won_deals.lead_key

    left join touches
        on leads.lead_key = touches.lead_key

    left join handoffs
        on leads.lead_key = handoffs.lead_key

)

select * from final
