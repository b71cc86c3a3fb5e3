{# How far the cycles came within the label horizon, of those whose horizon is over: each
   cycle counts once, and all stages are shares of the same cycles. #}
{% set stages = ['inquiry', 'mql', 'sal', 'sql', 'closed_won'] %}

with

clock as (

    select * from {{ ref('clock') }}

),

stages as (

    select * from {{ ref('stages') }}

),

cycles as (

    select
        cycles.inquiry_at,
        cast(date_trunc('month', {{ reporting_time('cycles.inquiry_at') }}) as date)
            as cohort_month,
        {% for stage in stages %}
        cycles.{{ stage }}_at,
        {% endfor %}
        {{ is_mature('cycles.inquiry_at', 'clock.as_of') }} as is_mature,
        {{ is_win_seen('cycles.inquiry_at', 'observability') }} as is_win_seen

    from {{ ref('fct_lead_cycles') }} as cycles

    inner join {{ ref('lead_observability') }} as observability
        on cycles.lead_key = observability.lead_key

    cross join clock

),

entries as (

    {% for stage in stages %}
    select
        '{{ stage }}' as stage,
        cohort_month,
        is_mature{{ ' and is_win_seen' if stage == 'closed_won' }} as is_judged,
        {{ is_in_horizon(stage ~ '_at', 'inquiry_at') }} as is_reached

    from cycles

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    {% for dimension, month in {'all': 'cast(null as date)', 'month': 'cohort_month'}.items() %}
    select
        '{{ dimension }}' as dimension,
        {{ month }} as cohort_month,
        stage,
        count(*) as cycles,
        sum(case when is_judged then 1 else 0 end) as mature,
        sum(case when is_judged and is_reached then 1 else 0 end) as reached

    from entries

    group by 1, 2, 3

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        counted.dimension,
        counted.cohort_month,
        counted.stage,
        stages.stage_order,
        cast({{ var('label_horizon_days') }} as int) as horizon_days,
        cast(counted.cycles as bigint) as cycles,
        cast(counted.mature as bigint) as mature,
        cast(counted.reached as bigint) as reached,
        cast(counted.reached as double) / nullif(counted.mature, 0) as reach_rate,
        {{ wilson_bound('counted.reached', 'counted.mature', 'low') }} as reach_rate_low,
        {{ wilson_bound('counted.reached', 'counted.mature', 'high') }} as reach_rate_high

    from counted

    inner join stages
        on counted.stage = stages.stage

)

select * from final
order by dimension, cohort_month nulls first, stage_order
