{# Entered = advanced + lost + recycled + disqualified + open, per group and
   stage. Only cycles that entered the stage long enough ago to tell count in
   the rate. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

dimensions as (

    select * from {{ ref('cycle_dimensions') }}

),

entries as (

    select
        entries.*,
        {{ add_days('entries.entered_at', var('label_horizon_days')) }}
            <= clock.as_of as is_mature,
        case
            when entries.next_stage is null then 'open'
            when entries.next_stage = 'closed_lost' then 'lost'
            when entries.next_stage in ('recycled', 'disqualified')
                then entries.next_stage
            else 'advanced'
        end as fate

    from {{ ref('int_stage_entries') }} as entries

    cross join clock

    where entries.stage in ('inquiry', 'mql', 'sal', 'sql', 'closed_won')

),

counted as (

    select
        dimensions.dimension,
        dimensions.dimension_value,
        entries.stage,
        entries.stage_order,
        count(*) as entered,
        sum(case when entries.fate = 'advanced' then 1 else 0 end) as advanced,
        sum(case when entries.fate = 'lost' then 1 else 0 end) as lost,
        sum(case when entries.fate = 'recycled' then 1 else 0 end) as recycled,
        sum(case when entries.fate = 'disqualified' then 1 else 0 end) as disqualified,
        sum(case when entries.fate = 'open' then 1 else 0 end) as open,
        sum(case when entries.is_mature then 1 else 0 end) as mature,
        sum(
            case when entries.is_mature and entries.fate = 'advanced' then 1 else 0 end
        ) as mature_advanced

    from entries

    inner join dimensions
        on
            entries.lead_key = dimensions.lead_key
            and entries.cycle_number = dimensions.cycle_number

    group by 1, 2, 3, 4

),

final as (

    select
        dimension,
        dimension_value,
        stage,
        stage_order,
        cast(entered as bigint) as entered,
        cast(advanced as bigint) as advanced,
        cast(lost as bigint) as lost,
        cast(recycled as bigint) as recycled,
        cast(disqualified as bigint) as disqualified,
        cast(open as bigint) as open,
        cast(mature as bigint) as mature,
        {# Nothing comes after closed won. #}
        case
            when stage != 'closed_won'
                then cast(mature_advanced as double) / nullif(mature, 0)
        end as conversion_rate,
        case
            when stage != 'closed_won'
                then {{ wilson_bound('mature_advanced', 'mature', 'low') }}
        end as conversion_rate_low,
        case
            when stage != 'closed_won'
                then {{ wilson_bound('mature_advanced', 'mature', 'high') }}
        end as conversion_rate_high

    from counted

)

select * from final
order by dimension, dimension_value, stage_order
