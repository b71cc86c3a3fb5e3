{# By channel, which is the main cut, and by the CRM's word. Cost belongs to the channel of the
   campaign, whoever came of it; the CRM's words have none. Money is in the reporting currency;
   what has no rate to it is left out and counted. Leads that came in before any cost was given are
   no part of a quotient with cost. #}
{% set dimensions = ['channel', 'lead_source'] %}

with

leads as (

    {% for dimension in dimensions %}
    select
        '{{ dimension }}' as dimension,
        {{ dimension }} as dimension_value,
        *

    from {{ ref('int_lead_results') }}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

costs as (

    select
        'channel' as dimension,
        channel as dimension_value,
        round(sum(cost), 2) as cost,
        round(sum(acquisition_cost), 2) as acquisition_cost,
        round(sum(case when acquisition_cost is not null then cost end), 2) as cost_of_known_aim,
        max(currency_code) as currency_code,
        sum(costs_left_out) as costs_left_out

    from {{ ref('int_campaign_costs') }}

    group by channel

),

ranked_wins as (

    select
        dimension,
        dimension_value,
        days_to_win,
        row_number() over (
            partition by dimension, dimension_value
            order by days_to_win, lead_key
        ) as place,
        count(*) over (partition by dimension, dimension_value) as wins

    from leads

    where won_at is not null

),

median_wins as (

    select
        dimension,
        dimension_value,
        avg(days_to_win) as median_days_to_win

    from ranked_wins

    where 2 * place between wins and wins + 2

    group by dimension, dimension_value

),

counted as (

    select
        dimension,
        dimension_value,
        {{ lead_results() }},
        sum(case when is_cost_seen then won_amount end) as costed_won_amount,
        avg(days_to_win) as average_days_to_win,
        sum(sales_touches) as sales_touches,
        sum(case when is_mature then 1 else 0 end) as mature_leads,
        sum(case when is_mature and is_won_in_horizon then 1 else 0 end)
            as mature_won_in_horizon

    from leads

    group by dimension, dimension_value

),

known as (

    select
        dimension,
        dimension_value

    from counted

    union distinct

    select
        dimension,
        dimension_value

    from costs

),

priced as (

    select
        known.dimension,
        known.dimension_value,
        {% for count in [
            'leads', 'mqls', 'sals', 'sqls', 'won', 'sales_touches', 'mature_leads',
            'mature_won_in_horizon', 'won_without_amount',
        ] %}
        cast(coalesce(counted.{{ count }}, 0) as bigint) as {{ count }},
        {% endfor %}
        counted.average_days_to_win,
        cast(counted.won_amount as double) as won_amount,
        counted.won_currency_code,
        {% for count in ['leads', 'mqls', 'sals', 'sqls', 'won', 'won_amount'] %}
        counted.costed_{{ count }},
        {% endfor %}
        costs.cost,
        costs.acquisition_cost,
        costs.cost_of_known_aim,
        costs.currency_code as cost_currency_code,
        cast(coalesce(costs.costs_left_out, 0) as bigint) as costs_left_out

    from known

    left join counted
        on
            known.dimension = counted.dimension
            and known.dimension_value = counted.dimension_value

    left join costs
        on
            known.dimension = costs.dimension
            and known.dimension_value = costs.dimension_value

),

final as (

    select
        priced.dimension,
        priced.dimension_value,
        priced.leads,
        priced.mqls,
        priced.sals,
        priced.sqls,
        priced.won,
        priced.won_amount,
        priced.won_currency_code,
        priced.won_without_amount,
        priced.average_days_to_win,
        median_wins.median_days_to_win,
        priced.mature_leads,
        priced.mature_won_in_horizon,
        cast(priced.mature_won_in_horizon as double) / nullif(priced.mature_leads, 0)
            as close_rate,
        {{ wilson_bound('priced.mature_won_in_horizon', 'priced.mature_leads', 'low') }}
            as close_rate_low,
        {{ wilson_bound('priced.mature_won_in_horizon', 'priced.mature_leads', 'high') }}
            as close_rate_high,
        priced.sales_touches,
        cast(priced.sales_touches as double) / nullif(priced.won, 0)
            as sales_touches_per_win,
        priced.cost,
        priced.acquisition_cost,
        priced.acquisition_cost / nullif(priced.cost_of_known_aim, 0) as acquisition_share,
        priced.cost_currency_code,
        priced.costs_left_out,
        {% for stage, count in {
            'lead': 'leads', 'mql': 'mqls', 'sal': 'sals', 'sql': 'sqls', 'win': 'won',
        }.items() %}
        priced.cost / nullif(priced.costed_{{ count }}, 0) as cost_per_{{ stage }},
        {% endfor %}
        cast(priced.costed_won_amount as double) / nullif(priced.cost, 0) as return_on_cost

    from priced

    left join median_wins
        on
            priced.dimension = median_wins.dimension
            and priced.dimension_value = median_wins.dimension_value

)

select * from final
order by dimension, dimension_value
