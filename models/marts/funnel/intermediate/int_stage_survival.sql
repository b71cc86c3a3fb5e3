{# Kaplan-Meier: at each length of stay, the share that stays longer. Leads that
   are still in the stage count as at risk for as long as they have been seen
   there, instead of being left out: leaving them out would make stages look
   quicker than they are. #}
with

stays as (

    select * from {{ ref('int_stage_stays') }}

),

lengths as (

    select
        dimension,
        dimension_value,
        stage,
        stage_order,
        stay_micros,
        count(*) as stays,
        sum(case when is_over then 1 else 0 end) as departed

    from stays

    group by dimension, dimension_value, stage, stage_order, stay_micros

),

exposed as (

    select
        *,
        sum(stays) over (
            partition by dimension, dimension_value, stage
            order by stay_micros desc
            rows between unbounded preceding and current row
        ) as at_risk

    from lengths

),

accumulated as (

    select
        *,
        sum(
            case
                when departed < at_risk
                    then ln(1 - cast(departed as double) / at_risk)
                else 0
            end
        ) over up_to_here as log_survival,
        sum(
            case
                when departed < at_risk
                    then
                        cast(departed as double)
                        / (cast(at_risk as double) * (at_risk - departed))
                else 0
            end
        ) over up_to_here as spread

    from exposed

    window up_to_here as (
        partition by dimension, dimension_value, stage
        order by stay_micros
        rows between unbounded preceding and current row
    )

),

final as (

    select
        dimension,
        dimension_value,
        stage,
        stage_order,
        stay_micros,
        cast(stay_micros as double) / 86400000000 as stay_days,
        cast(at_risk as bigint) as at_risk,
        cast(departed as bigint) as departed,
        cast(stays - departed as bigint) as censored,
        {# Rounded before it is compared with a quantile: a half must be a half. #}
        case
            when departed = at_risk then cast(0 as double)
            else round(exp(log_survival), 12)
        end as survival,
        spread

    from accumulated

)

select * from final
