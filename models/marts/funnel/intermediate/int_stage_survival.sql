{# Kaplan-Meier: at each length of stay, the share that stays longer. Leads that
   are still in the stage count as at risk for as long as they have been seen
   there, instead of being left out: leaving them out would make stages look
   quicker than they are. #}
with

stays as (

    select * from {{ ref('int_stage_stays') }}

),

stay_groups as (

    select
        dimension,
        dimension_value,
        stage,
        stage_order,
        count(*) as entered,
        cast(row_number() over (order by dimension, dimension_value, stage, stage_order) as int)
            as group_number

    from stays

    group by dimension, dimension_value, stage, stage_order

),

{# Sorted by one number in place of three texts. Stays of one length may come in any order: the
   first place of a length says how many were shorter. #}
placed as (

    select
        stay_groups.group_number,
        stay_groups.entered,
        stays.stay_micros,
        case when stays.is_over then 1 else 0 end as departed,
        row_number() over (
            partition by stay_groups.group_number
            order by stays.stay_micros
        ) as place

    from stays

    inner join stay_groups
        on
            stays.dimension = stay_groups.dimension
            and stays.dimension_value is not distinct from stay_groups.dimension_value
            and stays.stage = stay_groups.stage
            and stays.stage_order is not distinct from stay_groups.stage_order

),

exposed as (

    select
        group_number,
        stay_micros,
        count(*) as stays,
        sum(departed) as departed,
        max(entered) - min(place) + 1 as at_risk

    from placed

    group by group_number, stay_micros

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
        partition by group_number
        order by stay_micros
        rows between unbounded preceding and current row
    )

),

final as (

    select
        stay_groups.dimension,
        stay_groups.dimension_value,
        stay_groups.stage,
        stay_groups.stage_order,
        accumulated.stay_micros,
        cast(accumulated.stay_micros as double) / 86400000000 as stay_days,
        cast(accumulated.at_risk as bigint) as at_risk,
        cast(accumulated.departed as bigint) as departed,
        cast(accumulated.stays - accumulated.departed as bigint) as censored,
        {# Rounded before it is compared with a quantile: a half must be a half. #}
        case
            when accumulated.departed = accumulated.at_risk then cast(0 as double)
            else round(exp(accumulated.log_survival), 12)
        end as survival,
        accumulated.spread

    from accumulated

    inner join stay_groups
        on accumulated.group_number = stay_groups.group_number

)

select * from final
