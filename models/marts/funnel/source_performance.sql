{# Money is shown where all of it is in one currency. #}
with

leads as (

    select * from {{ ref('int_lead_results') }}

),

ranked_wins as (

    select
        lead_source,
        days_to_win,
        row_number() over (
            partition by lead_source
            order by days_to_win, lead_key
        ) as place,
        count(*) over (partition by lead_source) as wins

    from leads

    where won_at is not null

),

median_wins as (

    select
        lead_source,
        avg(days_to_win) as median_days_to_win

    from ranked_wins

    where 2 * place between wins and wins + 2

    group by lead_source

),

counted as (

    select
        lead_source,
        count(*) as leads,
        sum(mqls) as mqls,
        sum(sals) as sals,
        sum(sqls) as sqls,
        count(won_at) as won,
        sum(won_amount) as won_amount,
        count(distinct won_currency_code) as won_codes,
        max(coalesce(won_currencies, 0)) as won_currencies,
        max(won_currency_code) as won_currency_code,
        avg(days_to_win) as average_days_to_win,
        sum(sales_touches) as sales_touches,
        sum(case when is_mature then 1 else 0 end) as mature_leads,
        sum(case when is_mature and is_won_in_horizon then 1 else 0 end)
            as mature_won_in_horizon,
        sum(cost) as cost,
        count(distinct cost_currency_code) as cost_codes,
        max(coalesce(cost_currencies, 0)) as cost_currencies,
        max(cost_currency_code) as cost_currency_code

    from leads

    group by lead_source

),

priced as (

    select
        counted.*,
        won_codes <= 1 and won_currencies <= 1 as has_one_won_currency,
        case when cost_codes = 1 and cost_currencies = 1 then round(cost, 2) end
            as whole_cost

    from counted

),

final as (

    select
        priced.lead_source,
        cast(priced.leads as bigint) as leads,
        cast(priced.mqls as bigint) as mqls,
        cast(priced.sals as bigint) as sals,
        cast(priced.sqls as bigint) as sqls,
        cast(priced.won as bigint) as won,
        case when priced.has_one_won_currency then cast(priced.won_amount as double) end
            as won_amount,
        case when priced.has_one_won_currency then priced.won_currency_code end
            as won_currency_code,
        priced.average_days_to_win,
        median_wins.median_days_to_win,
        cast(priced.mature_leads as bigint) as mature_leads,
        cast(priced.mature_won_in_horizon as bigint) as mature_won_in_horizon,
        cast(priced.mature_won_in_horizon as double) / nullif(priced.mature_leads, 0)
            as close_rate,
        {{ wilson_bound('priced.mature_won_in_horizon', 'priced.mature_leads', 'low') }}
            as close_rate_low,
        {{ wilson_bound('priced.mature_won_in_horizon', 'priced.mature_leads', 'high') }}
            as close_rate_high,
        cast(priced.sales_touches as bigint) as sales_touches,
        cast(priced.sales_touches as double) / nullif(priced.won, 0)
            as sales_touches_per_win,
        priced.whole_cost as cost,
        case when priced.whole_cost is not null then priced.cost_currency_code end
            as cost_currency_code,
        {% for stage, count in {
            'lead': 'leads', 'mql': 'mqls', 'sal': 'sals', 'sql': 'sqls', 'win': 'won',
        }.items() %}
        priced.whole_cost / nullif(priced.{{ count }}, 0)
            as cost_per_{{ stage }}{{ ',' if not loop.last }}
        {% endfor %}

    from priced

    left join median_wins
        on priced.lead_source = median_wins.lead_source

)

select * from final
order by lead_source
