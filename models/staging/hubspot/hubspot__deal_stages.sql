{# One row per stage of a pipeline of deals. Loaders keep stages as rows, or as a list
   within their pipeline. #}
with

pipelines as (

    {{ tool_rows('hubspot', ['deal_pipeline', 'deal_pipelines', 'pipelines_deal'], {
        'pipeline_id': ['pipeline_id', 'id'],
        'pipeline': ['label'],
        'stages': ['stages'],
    }) }}

),

stage_rows as (

    {{ tool_rows('hubspot', ['deal_pipeline_stage', 'deal_pipelines__stages', 'pipelines_deal__stages', 'pipeline_stages'], {
        'stage_id': ['stage_id', 'id'],
        'pipeline_id': ['pipeline_id'],
        'label': ['label'],
        'is_closed': ['is_closed', 'metadata__isClosed'],
        'is_won': ['closed_won'],
        'probability': ['probability', 'metadata__probability'],
    }) }}

),

listed_stages as (

    select
        source,
        pipeline_id,
        {{ json_objects('stages') }} as stage

    from pipelines

    where stages is not null

),

stages as (

    select
        source,
        stage_id,
        pipeline_id,
        label,
        is_closed,
        is_won,
        probability

    from stage_rows

    where stage_id is not null

    union all

    select
        source,
        coalesce({{ json_field('stage', 'stageId') }}, {{ json_field('stage', 'id') }}) as stage_id,
        pipeline_id,
        {{ json_field('stage', 'label') }} as label,
        coalesce(
            {{ json_field('stage', 'metadata.isClosed') }}, {{ json_field('stage', 'isClosed') }}
        ) as is_closed,
        {{ json_field('stage', 'closedWon') }} as is_won,
        coalesce(
            {{ json_field('stage', 'metadata.probability') }}, {{ json_field('stage', 'probability') }}
        ) as probability

    from listed_stages

),

{# A closed stage with all the probability there is, is won. #}
judged as (

    select
        stages.source,
        stages.stage_id,
        pipelines.pipeline,
        stages.label,
        {{ says_yes('stages.is_closed') }} as is_closed,
        coalesce(
            {{ says_yes('stages.is_won') }},
            {{ says_yes('stages.is_closed') }} and try_cast(stages.probability as double) = cast(1 as double)
        ) as is_won

    from stages

    left join pipelines
        on
            stages.source = pipelines.source
            and stages.pipeline_id = pipelines.pipeline_id

),

{# An id names one stage, but a loader may keep several versions. #}
final as (

    select
        source,
        stage_id,
        max(pipeline) as pipeline,
        max(label) as label,
        max(case is_closed when true then 'true' when false then 'false' end) as is_closed,
        max(case is_won when true then 'true' when false then 'false' end) as is_won

    from judged

    where stage_id is not null

    group by source, stage_id

)

select * from final
