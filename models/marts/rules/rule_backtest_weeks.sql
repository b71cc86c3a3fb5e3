{{ config(tags=['what_if']) }}

with

capacity as (

    select coalesce(sum(case when is_available then weekly_capacity else 0 end), 0)
        as weekly_capacity

    from {{ ref('reps') }}

),

{# A week in which nobody was handed over counts as one where anybody came. #}
weeks as (

    select distinct {{ reporting_week(reporting_time('started_at')) }} as week_start_date
    from {{ ref('fct_lead_cycles') }}

    {% for rule_set in ['published', 'tried'] %}
    union

    select {{ reporting_week(reporting_time(rule_set ~ '_handoff_at')) }} as week_start_date
    from {{ ref('rule_backtest') }}
    where {{ rule_set }}_handoff_at is not null
    {% endfor %}

),

handoffs as (

    {% for rule_set in ['published', 'tried'] %}
    select
        '{{ rule_set }}' as rule_set,
        {{ reporting_week(reporting_time(rule_set ~ '_handoff_at')) }} as week_start_date,
        won_at

    from {{ ref('rule_backtest') }}

    where {{ rule_set }}_handoff_at is not null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

rule_sets as (

    select 'published' as rule_set
    union all
    select 'tried' as rule_set

),

final as (

    select
        rule_sets.rule_set,
        weeks.week_start_date,
        cast(count(handoffs.rule_set) as bigint) as handed_over,
        cast(count(handoffs.won_at) as bigint) as won,
        cast(max(capacity.weekly_capacity) as bigint) as weekly_capacity,
        cast(greatest(count(handoffs.rule_set) - max(capacity.weekly_capacity), 0) as bigint)
            as over_capacity

    from weeks

    cross join rule_sets

    cross join capacity

    left join handoffs
        on
            weeks.week_start_date = handoffs.week_start_date
            and rule_sets.rule_set = handoffs.rule_set

    group by rule_sets.rule_set, weeks.week_start_date

)

select * from final
order by rule_set, week_start_date
