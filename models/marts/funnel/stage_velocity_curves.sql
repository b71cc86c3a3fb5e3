{# The curve at the end of each day on which a lead left or was last seen. Both
   the estimate and its spread only go one way, so the last of a day is its
   smallest and its greatest. #}
with

survival as (

    select
        *,
        cast(ceil(stay_days) as int) as days_in_stage

    from {{ ref('int_stage_survival') }}

),

daily as (

    select
        dimension,
        dimension_value,
        stage,
        stage_order,
        days_in_stage,
        max(at_risk) as at_risk,
        sum(departed) as departed,
        sum(censored) as censored,
        min(survival) as still_in_share,
        max(spread) as spread

    from survival

    group by dimension, dimension_value, stage, stage_order, days_in_stage

),

final as (

    select
        dimension,
        dimension_value,
        stage,
        stage_order,
        days_in_stage,
        cast(at_risk as bigint) as at_risk,
        cast(departed as bigint) as departed,
        cast(censored as bigint) as censored,
        still_in_share,
        {{ survival_bound('still_in_share', 'spread', 'low') }} as still_in_share_low,
        {{ survival_bound('still_in_share', 'spread', 'high') }}
            as still_in_share_high

    from daily

)

select * from final
order by dimension, dimension_value, stage_order, days_in_stage
