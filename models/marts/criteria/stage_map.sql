{# What a CRM status means: the seed, typed, with the order of the stage and
   whether it ends a cycle. A status that is no stage is `known`: whoever bears it is
   known, and has asked for nothing. #}
with

stages as (

    select * from {{ ref('stages') }}

),

final as (

    select
        {{ seed_text('status_map.object_type') }} as object_type,
        {{ seed_text('status_map.raw_status') }} as raw_status,
        {{ seed_text('status_map.stage') }} as stage,
        stages.stage_order,
        coalesce(stages.is_terminal, false) as is_terminal,
        {{ seed_text('status_map.reason') }} as reason

    from {{ ref('crm_status_map') }} as status_map

    left join stages
        on status_map.stage = stages.stage

    where stages.stage is not null or {{ seed_text('status_map.stage') }} = 'known'

)

select * from final
