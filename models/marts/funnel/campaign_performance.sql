{# A lead counts for the campaign that brought it first. Money spent on leads
   that nobody followed up is the campaign's cost times the share of its handoffs
   that are in the black hole. Leads that came in before any cost was given are no part of
   a quotient with cost. #}
with

campaigns as (

    select * from {{ ref('stg_raw__campaigns') }}

),

costs as (

    select * from {{ ref('int_campaign_costs') }}

),

results as (

    select
        campaign_id,
        {{ lead_results() }},
        sum(judged_handoffs) as judged_handoffs,
        sum(handoffs_in_black_hole) as handoffs_in_black_hole

    from {{ ref('int_lead_results') }}

    where campaign_id is not null

    group by campaign_id

),

{# A campaign may be known by what it cost or by the leads it brought alone. #}
known as (

    select campaign_id from campaigns

    union distinct

    select campaign_id from costs

    union distinct

    select campaign_id from results

),

final as (

    select
        known.campaign_id,
        campaigns.name,
        campaigns.channel,
        campaigns.target_persona,
        campaigns.started_at,
        campaigns.ended_at,
        {% for count in ['leads', 'mqls', 'sals', 'sqls', 'won'] %}
        cast(coalesce(results.{{ count }}, 0) as bigint) as {{ count }},
        {% endfor %}
        cast(results.won_amount as double) as won_amount,
        results.won_currency_code,
        cast(coalesce(results.won_without_amount, 0) as bigint) as won_without_amount,
        costs.cost,
        costs.currency_code as cost_currency_code,
        cast(coalesce(costs.costs_left_out, 0) as bigint) as costs_left_out,
        costs.acquisition_share,
        costs.acquisition_cost,
        {% for stage, count in {
            'lead': 'leads', 'mql': 'mqls', 'sal': 'sals', 'sql': 'sqls', 'win': 'won',
        }.items() %}
        costs.cost / nullif(results.costed_{{ count }}, 0) as cost_per_{{ stage }},
        {% endfor %}
        cast(coalesce(results.judged_handoffs, 0) as bigint) as judged_handoffs,
        cast(coalesce(results.handoffs_in_black_hole, 0) as bigint)
            as handoffs_in_black_hole,
        cast(results.handoffs_in_black_hole as double)
        / nullif(results.judged_handoffs, 0) as black_hole_share,
        costs.cost * results.handoffs_in_black_hole
        / nullif(results.judged_handoffs, 0) as cost_never_followed_up

    from known

    left join campaigns
        on known.campaign_id = campaigns.campaign_id

    left join costs
        on known.campaign_id = costs.campaign_id

    left join results
        on known.campaign_id = results.campaign_id

)

select * from final
order by campaign_id
