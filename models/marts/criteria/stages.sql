{# The funnel's stages. A stage that can only be entered by leaving the funnel,
   or that nothing but a reopening leaves, ends a cycle. #}
with

stages as (

    select * from {{ ref('funnel_stages') }}

),

left_otherwise as (

    select distinct from_stage
    from {{ ref('stage_transitions') }}
    where kind != 'reopen'

),

final as (

    select
        stages.stage,
        cast(stages.stage_order as int) as stage_order,
        stages.owner,
        cast(stages.service_level_hours as double) as service_level_hours,
        cast(stages.stalled_after_days as double) as stalled_after_days,
        cast(stages.expires_after_days as double) as expires_after_days,
        left_otherwise.from_stage is null as is_terminal

    from stages

    left join left_otherwise
        on stages.stage = left_otherwise.from_stage

)

select * from final
