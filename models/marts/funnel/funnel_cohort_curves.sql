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
        {% for stage in stages %}
        cast(ceil({{ days_between('cycles.started_at', 'cycles.' ~ stage ~ '_at') }} / 7) as int)
            as {{ stage }}_week{{ ',' if not loop.last }}
        {% endfor %}

    from {{ ref('fct_lead_cycles') }} as cycles

    inner join dimensions
        on
            cycles.lead_key = dimensions.lead_key
            and cycles.cycle_number = dimensions.cycle_number

),

wins_seen as (

    select cast({{ reporting_time('seen_from') }} as date) as seen_from
    from ({{ wins_seen(ref('observability'), ref('fct_lead_cycles')) }}) as seen

),

cohorts as (

    {% for dimension, value in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        cohort_month,
        count(*) as cycles

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

    where {{ stage }}_week <= {{ weeks }}

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
        cohorts.cycles,
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
        case
            when grown.told_from > clock.local_as_of then null
            when
                grown.stage = 'closed_won'
                and coalesce(
                    grown.told_from <= cast(wins_seen.seen_from as timestamp), true
                )
                then null
            else grown.reached_so_far
        end as reached

    from grown

    cross join clock

    cross join wins_seen

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
        cast(reached as double) / cycles as reached_share,
        case when reached is not null then {{ wilson_bound('reached', 'cycles', 'low') }} end
            as reached_share_low,
        case when reached is not null then {{ wilson_bound('reached', 'cycles', 'high') }} end
            as reached_share_high

    from told

)

select * from final
order by dimension, dimension_value, cohort_month, stage_order, age_weeks
