{# Goals that marketing set, against what came of them. A month's actual is
   by period: what was entered in that month, of whichever cohort. #}
{% set months_scope = 'every_month' %}
{% set counted_metrics = {
    'leads': 'leads', 'mql': 'mqls', 'sal': 'sals', 'sql': 'sqls', 'won': 'won',
} %}
{% set cost_metrics = {
    'cost_per_lead': 'leads', 'cost_per_mql': 'mqls', 'cost_per_sal': 'sals',
    'cost_per_sql': 'sqls', 'cost_per_won': 'won',
} %}

with

clock as (

    select * from {{ ref('clock') }}

),

goals as (

    select
        {{ clean_tag('campaign_id') }} as campaign_id,
        metric,
        cast(goal as double) as goal

    from {{ ref('campaign_goals') }}

),

campaigns as (

    select * from {{ ref('campaign_performance') }}

),

month_entries as (

    select
        cast(date_trunc('month', {{ reporting_time('counted_at') }}) as date)
            as month_date,
        {% for count in counted_metrics.values() %}
        sum(case when counted_as = '{{ count }}' then 1 else 0 end)
            as {{ count }}{{ ',' if not loop.last }}
        {% endfor %}

    from (
        {% for count, moment in {
            'leads': 'case when cycle_number = 1 then inquiry_at end',
            'mqls': 'marketing_mql_at',
            'sals': 'marketing_sal_at',
            'sqls': 'marketing_sql_at',
            'won': 'new_business_won_at',
        }.items() %}
        select
            '{{ count }}' as counted_as,
            {{ moment }} as counted_at

        from {{ ref('fct_lead_cycles') }}

        {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ) as moments

    where counted_at is not null

    group by 1

),

month_costs as (

    select
        cast(date_trunc('month', cost_date) as date) as month_date,
        cast(round(sum(converted_amount), 2) as double) as cost

    from (
        {{ campaign_costs(ref('stg_raw__campaign_costs'), ref('currency_rates')) | indent(4) }}
    ) as costs

    group by 1

),

achieved as (

    {% for metric, count in counted_metrics.items() %}
    select
        campaign_id,
        cast(null as date) as month_date,
        '{{ metric }}' as metric,
        cast({{ count }} as double) as actual,
        ended_at as ends_at

    from campaigns

    union all

    select
        '{{ months_scope }}' as campaign_id,
        month_date,
        '{{ metric }}' as metric,
        cast({{ count }} as double) as actual,
        cast(null as timestamp) as ends_at

    from month_entries

    union all

    {% endfor %}
    {% for metric, count in cost_metrics.items() %}
    select
        campaign_id,
        cast(null as date) as month_date,
        '{{ metric }}' as metric,
        {{ 'cost_per_win' if metric == 'cost_per_won' else metric }} as actual,
        ended_at as ends_at

    from campaigns

    union all

    select
        '{{ months_scope }}' as campaign_id,
        month_entries.month_date,
        '{{ metric }}' as metric,
        month_costs.cost / nullif(month_entries.{{ count }}, 0) as actual,
        cast(null as timestamp) as ends_at

    from month_entries

    left join month_costs
        on month_entries.month_date = month_costs.month_date

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        case when goals.campaign_id = '{{ months_scope }}' then 'month' else 'campaign' end
            as scope,
        case when goals.campaign_id != '{{ months_scope }}' then goals.campaign_id end
            as campaign_id,
        achieved.month_date,
        goals.metric,
        goals.goal,
        achieved.actual,
        achieved.actual / nullif(goals.goal, 0) as attainment,
        case
            when goals.metric like 'cost%' then achieved.actual <= goals.goal
            else achieved.actual >= goals.goal
        end as is_reached,
        coalesce(
            achieved.ends_at <= clock.as_of,
            achieved.month_date < cast(
                date_trunc('month', {{ reporting_time('clock.as_of') }}) as date
            ),
            false
        ) as is_over,
        achieved.metric is not null as is_known

    from goals

    cross join clock

    left join achieved
        on
            goals.campaign_id = achieved.campaign_id
            and goals.metric = achieved.metric

)

select * from final
order by scope, campaign_id nulls first, month_date nulls first, metric
