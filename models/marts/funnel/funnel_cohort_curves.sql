{# What share of the cycles of a month had reached a stage when they were so many weeks old.
   A cell is told once the whole month is that old: before, the young cycles of it would count
   as if they had failed. #}
{% set dimensions = {'all': "'all'", 'origin': 'origin', 'channel': 'channel'} %}
{% set stages = ['mql', 'sal', 'sql', 'closed_won'] %}
{% set weeks = 26 %}

with

clock as (

    select {{ reporting_time('as_of') }} as local_as_of
    from {{ ref('clock') }}

),

dimensions as (

    select * from {{ ref('cycle_dimensions') }}

),

stages as (

    select
        stage,
        stage_order

    from {{ ref('stages') }}

    where stage in ({{ literals(stages) }})

),

cycles as (

    select
        dimensions.cohort_month,
        dimensions.origin,
        dimensions.channel,
        {{ is_win_seen('cycles.started_at', 'observability') }} as is_win_seen,
        {% for stage in stages %}
        cast(ceil({{ days_between('cycles.started_at', 'cycles.' ~ stage ~ '_at') }} / 7) as int)
            as {{ stage }}_week{{ ',' if not loop.last }}
        {% endfor %}

    from {{ ref('fct_lead_cycles') }} as cycles

    inner join dimensions
        on
            cycles.lead_key = dimensions.lead_key
            and cycles.cycle_number = dimensions.cycle_number

    inner join {{ ref('lead_observability') }} as observability
        on cycles.lead_key = observability.lead_key

),

cohorts as (

    {% for dimension, value in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        cohort_month,
        count(*) as cycles,
        sum(case when is_win_seen then 1 else 0 end) as cycles_for_wins

    from cycles

    group by 1, 2, 3

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

arrivals as (

    {% for dimension, value in dimensions.items() %}
    {% set is_last = loop.last %}
    {% for stage in stages %}
    select
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        cohort_month,
        '{{ stage }}' as stage,
        greatest({{ stage }}_week, 0) as age_weeks,
        count(*) as cycles

    from cycles

    where {{ stage }}_week <= {{ weeks }}{{ ' and is_win_seen' if stage == 'closed_won' }}

    group by 1, 2, 3, 4, 5

    {% if not (is_last and loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

),

ages as (

    select number - 1 as age_weeks
    from ({{ whole_numbers(2) }}) as numbers
    where number <= {{ weeks }} + 1

),

grown as (

    select
        cohorts.dimension,
        cohorts.dimension_value,
        cohorts.cohort_month,
        stages.stage,
        stages.stage_order,
        ages.age_weeks,
        case when stages.stage = 'closed_won' then cohorts.cycles_for_wins else cohorts.cycles end
            as cycles,
        sum(coalesce(arrivals.cycles, 0)) over (
            partition by
                cohorts.dimension, cohorts.dimension_value, cohorts.cohort_month, stages.stage
            order by ages.age_weeks
            rows between unbounded preceding and current row
        ) as reached_so_far,
        {# The first moment at which the last cycle of the month is that old. #}
        {{ add_days(
            "cast(date_trunc('month', " ~ add_days('cast(cohorts.cohort_month as timestamp)', 32)
            ~ ") as timestamp)",
            'ages.age_weeks * 7'
        ) }} as told_from

    from cohorts

    cross join stages

    cross join ages

    left join arrivals
        on
            cohorts.dimension = arrivals.dimension
            and cohorts.dimension_value = arrivals.dimension_value
            and cohorts.cohort_month = arrivals.cohort_month
            and stages.stage = arrivals.stage
            and ages.age_weeks = arrivals.age_weeks

),

told as (

    select
        grown.*,
        {# A month without a cycle whose win could be seen tells nothing of wins. #}
        case
            when grown.told_from <= clock.local_as_of and grown.cycles > 0
                then grown.reached_so_far
        end as reached

    from grown

    cross join clock

),

final as (

    select
        dimension,
        dimension_value,
        cohort_month,
        stage,
        stage_order,
        cast(age_weeks as int) as age_weeks,
        cast(cycles as bigint) as cycles,
        cast(reached as bigint) as reached,
        cast(reached as double) / nullif(cycles, 0) as reached_share,
        case when reached is not null then {{ wilson_bound('reached', 'cycles', 'low') }} end
            as reached_share_low,
        case when reached is not null then {{ wilson_bound('reached', 'cycles', 'high') }} end
            as reached_share_high

    from told

)

select * from final
order by dimension, dimension_value, cohort_month, stage_order, age_weeks
