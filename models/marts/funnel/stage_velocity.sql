with

stays as (

    select
        dimension,
        dimension_value,
        stage,
        stage_order,
        count(*) as stays,
        sum(case when is_over then 1 else 0 end) as departed,
        sum(case when is_open then 1 else 0 end) as open,
        sum(case when is_stalled then 1 else 0 end) as stalled

    from {{ ref('int_stage_stays') }}

    group by dimension, dimension_value, stage, stage_order

),

survival as (

    select
        *,
        {{ survival_bound('survival', 'spread', 'low') }} as survival_low,
        {{ survival_bound('survival', 'spread', 'high') }} as survival_high

    from {{ ref('int_stage_survival') }}

),

quantiles as (

    select
        dimension,
        dimension_value,
        stage,
        min(case when survival <= 0.75 then stay_days end) as quarter_left_days,
        min(case when survival <= 0.5 then stay_days end) as median_days,
        min(case when survival_low <= 0.5 then stay_days end) as median_days_low,
        min(case when survival_high <= 0.5 then stay_days end) as median_days_high,
        min(case when survival <= 0.25 then stay_days end)
            as three_quarters_left_days,
        {% for days in [7, 30, 90] %}
        coalesce(
            min(case when stay_days <= {{ days }} then survival end),
            1
        ) as still_in_after_{{ days }}_days,
        coalesce(
            max(case when stay_days > {{ days }} then at_risk end),
            0
        ) as at_risk_after_{{ days }}_days{{ ',' if not loop.last }}
        {% endfor %}

    from survival

    group by dimension, dimension_value, stage

),

final as (

    select
        stays.dimension,
        stays.dimension_value,
        stays.stage,
        stays.stage_order,
        cast(stays.stays as bigint) as stays,
        cast(stays.departed as bigint) as departed,
        cast(stays.stays - stays.departed - stays.open as bigint) as won_by_colleague,
        cast(stays.open as bigint) as open,
        cast(stays.stalled as bigint) as stalled,
        cast(stays.stalled as double) / nullif(stays.open, 0) as stalled_share,
        quantiles.quarter_left_days,
        quantiles.median_days,
        quantiles.median_days_low,
        quantiles.median_days_high,
        quantiles.three_quarters_left_days,
        {% for days in [7, 30, 90] %}
        {# Beyond the longest stay seen nothing is known. #}
        case
            when
                quantiles.at_risk_after_{{ days }}_days > 0
                or quantiles.still_in_after_{{ days }}_days = 0
                then quantiles.still_in_after_{{ days }}_days
        end as still_in_after_{{ days }}_days,
        cast(quantiles.at_risk_after_{{ days }}_days as bigint)
            as at_risk_after_{{ days }}_days{{ ',' if not loop.last }}
        {% endfor %}

    from stays

    inner join quantiles
        on
            stays.dimension = quantiles.dimension
            and stays.dimension_value = quantiles.dimension_value
            and stays.stage = quantiles.stage

)

select * from final
order by dimension, dimension_value, stage_order
