{{ config(tags=['what_if']) }}

with

clock as (

    select * from {{ ref('clock') }}

),

backtest as (

    select * from {{ ref('rule_backtest') }}

),

{# A handoff is judged once its cycle is decided or a label horizon is over. #}
handoffs as (

    {% for rule_set, only_here in [('published', 'missed'), ('tried', 'gained')] %}
    select
        '{{ rule_set }}' as rule_set,
        backtest.{{ rule_set }}_handoff_at is not null as is_handed_over,
        backtest.{{ rule_set }}_handoff_at is not null
        and (
            backtest.outcome != 'open'
            or {{ is_mature('backtest.' ~ rule_set ~ '_handoff_at', 'clock.as_of') }}
        ) as is_mature,
        backtest.handed_over_by = '{{ only_here }}' as is_only_here,
        backtest.won_at is not null as is_won,
        cast(backtest.won_amount as double) as won_amount

    from backtest

    cross join clock

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

weeks as (

    select
        rule_set,
        count(*) as weeks,
        max(weekly_capacity) as weekly_capacity,
        max(handed_over) as most_in_a_week,
        sum(case when over_capacity > 0 then 1 else 0 end) as weeks_over_capacity

    from {{ ref('rule_backtest_weeks') }}

    group by rule_set

),

counted as (

    select
        rule_set,
        sum(case when is_handed_over then 1 else 0 end) as handed_over,
        sum(case when is_only_here then 1 else 0 end) as handed_over_only_here,
        sum(case when is_mature then 1 else 0 end) as mature,
        sum(case when is_mature and is_won then 1 else 0 end) as mature_won,
        sum(case when is_won then 1 else 0 end) as wins,
        sum(case when is_won and is_handed_over then 1 else 0 end) as wins_handed_over,
        sum(case when is_won and is_only_here then 1 else 0 end) as wins_only_here,
        sum(case when is_won and is_only_here then won_amount end) as value_only_here

    from handoffs

    group by rule_set

),

final as (

    select
        counted.rule_set,
        cast(counted.handed_over as bigint) as handed_over,
        cast(counted.handed_over_only_here as bigint) as handed_over_only_here,
        round(cast(counted.handed_over as double) / nullif(weeks.weeks, 0), 6)
            as handed_over_a_week,
        cast(weeks.most_in_a_week as bigint) as most_in_a_week,
        cast(weeks.weekly_capacity as bigint) as weekly_capacity,
        cast(weeks.weeks as bigint) as weeks,
        cast(weeks.weeks_over_capacity as bigint) as weeks_over_capacity,
        cast(counted.mature as bigint) as mature,
        cast(counted.mature_won as bigint) as mature_won,
        round(cast(counted.mature_won as double) / nullif(counted.mature, 0), 9)
            as won_precision,
        round({{ wilson_bound('counted.mature_won', 'counted.mature', 'low') }}, 9)
            as won_precision_low,
        round({{ wilson_bound('counted.mature_won', 'counted.mature', 'high') }}, 9)
            as won_precision_high,
        cast(counted.wins as bigint) as wins,
        cast(counted.wins_handed_over as bigint) as wins_handed_over,
        round(cast(counted.wins_handed_over as double) / nullif(counted.wins, 0), 9)
            as won_recall,
        round({{ wilson_bound('counted.wins_handed_over', 'counted.wins', 'low') }}, 9)
            as won_recall_low,
        round({{ wilson_bound('counted.wins_handed_over', 'counted.wins', 'high') }}, 9)
            as won_recall_high,
        cast(counted.wins_only_here as bigint) as wins_only_here,
        round(counted.value_only_here, 2) as value_only_here

    from counted

    inner join weeks
        on counted.rule_set = weeks.rule_set

)

select * from final
order by rule_set
