{# One row per lead: how far it ever came, what it brought and what it took. A
   campaign's cost is shared evenly by the leads it was first to bring. #}
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
        max(case when stage = '{{ stage }}' then 1 else 0 end) as reached_{{ stage }},
        {% endfor %}
        min(case when stage = 'closed_won' then entered_at end) as won_at

    from {{ ref('stage_entries') }}

    group by lead_key

),

won_deals as (

    select
        signals.lead_key,
        sum(opportunities.amount) as won_amount,
        count(distinct opportunities.currency_code) as won_currencies,
        max(opportunities.currency_code) as won_currency_code

    from (
        select distinct
            lead_key,
            source_id

        from {{ ref('crm_stage_signals') }}

        where signal_source = 'opportunity' and stage = 'closed_won'
    ) as signals

    inner join {{ ref('stg_raw__crm_opportunities') }} as opportunities
        on signals.source_id = opportunities.opportunity_id

    group by signals.lead_key

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
        {{ add_days('handoffs.handoff_at', var('black_hole_after_days')) }}
        <= clock.as_of

    group by handoffs.lead_key

),

campaign_costs as (

    select * from {{ ref('int_campaign_costs') }}

),

campaign_leads as (

    select
        first_campaign_id as campaign_id,
        count(*) as leads

    from leads

    where first_campaign_id is not null

    group by first_campaign_id

),

final as (

    select
        leads.lead_key,
        coalesce(leads.lead_source, '(null)') as lead_source,
        leads.first_campaign_id as campaign_id,
        leads.inquiry_at,
        coalesce(reached.reached_mql, 0) as reached_mql,
        coalesce(reached.reached_sal, 0) as reached_sal,
        coalesce(reached.reached_sql, 0) as reached_sql,
        reached.won_at,
        case when reached.won_at is not null then won_deals.won_amount end as won_amount,
        case when reached.won_at is not null then won_deals.won_currencies end
            as won_currencies,
        case when reached.won_at is not null then won_deals.won_currency_code end
            as won_currency_code,
        {{ days_between('leads.inquiry_at', 'reached.won_at') }} as days_to_win,
        {{ add_days('leads.inquiry_at', var('label_horizon_days')) }}
            <= clock.as_of as is_mature,
        coalesce(
            reached.won_at <= {{ add_days('leads.inquiry_at', var('label_horizon_days')) }},
            false
        ) as is_won_in_horizon,
        coalesce(touches.sales_touches, 0) as sales_touches,
        coalesce(handoffs.handoffs, 0) as judged_handoffs,
        coalesce(handoffs.handoffs_in_black_hole, 0) as handoffs_in_black_hole,
        campaign_costs.cost / campaign_leads.leads as cost,
        campaign_costs.currencies as cost_currencies,
        campaign_costs.currency_code as cost_currency_code

    from leads

    cross join clock

    left join reached
        on leads.lead_key = reached.lead_key

    left join won_deals
        on leads.lead_key = won_deals.lead_key

    left join touches
        on leads.lead_key = touches.lead_key

    left join handoffs
        on leads.lead_key = handoffs.lead_key

    left join campaign_leads
        on leads.first_campaign_id = campaign_leads.campaign_id

    left join campaign_costs
        on leads.first_campaign_id = campaign_costs.campaign_id

)

select * from final
