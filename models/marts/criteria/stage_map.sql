{# What a CRM status means: the seed, typed, with the order of the stage and
   whether it ends a cycle. #}
with

stages as (

    select * from {{ ref('stages') }}

),

final as (

    select
        {{ seed_text('status_map.object_type') }} as object_type,
        {{ seed_text('status_map.raw_status') }} as raw_status,
        stages.stage,
        stages.stage_order,
        stages.is_terminal,
        {{ seed_text('status_map.reason') }} as reason

    from {{ ref('crm_status_map') }} as status_map

    inner join stages
        on status_map.stage = stages.stage

)

select * from final
