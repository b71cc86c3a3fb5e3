{# One row per opportunity and stay in an open stage of the CRM's pipeline, in order. The
   history says when a stage was entered; where it holds none, or is behind the record,
   the record's own stage counts. A deal is in some stage from its creation to its end. #}
with

opportunities as (

    select
        opportunity_id,
        created_at,
        ended_at,
        closed_as,
        stage_name,
        coalesce(updated_at, arrived_at) as told_at

    from {{ ref('opportunities') }}

),

closing_stages as (

    select distinct lower(raw_status) as raw_status
    from {{ ref('stage_map') }}
    where object_type = 'opportunity' and is_terminal

),

history as (

    select
        history.opportunity_id,
        history.stage_name,
        history.changed_at,
        cast(history.history_id as string) as row_id

    from {{ ref('stg_raw__crm_opportunity_history') }} as history

    left join closing_stages
        on lower(history.stage_name) = closing_stages.raw_status

    where history.stage_name is not null and closing_stages.raw_status is null

),

last_changes as (

    select
        opportunity_id,
        max(changed_at) as changed_at

    from history

    group by opportunity_id

),

{# An open deal stands where its record says; of a closed one without history nobody
   knows where it stood. #}
told as (

    select
        opportunities.opportunity_id,
        history.stage_name,
        greatest(history.changed_at, opportunities.created_at) as entered_at,
        0 as told_rank,
        history.row_id

    from history

    inner join opportunities
        on history.opportunity_id = opportunities.opportunity_id

    where
        opportunities.ended_at is null
        or history.changed_at < opportunities.ended_at

    union all

    select
        opportunities.opportunity_id,
        case
            when opportunities.closed_as is null then coalesce(opportunities.stage_name, '(null)')
            else '(null)'
        end as stage_name,
        case
            when last_changes.changed_at is null then opportunities.created_at
            else greatest(
                opportunities.told_at, last_changes.changed_at, opportunities.created_at
            )
        end as entered_at,
        1 as told_rank,
        '' as row_id

    from opportunities

    left join last_changes
        on opportunities.opportunity_id = last_changes.opportunity_id

    where
        opportunities.closed_as is null
        or last_changes.changed_at is null
        or last_changes.changed_at >= opportunities.ended_at

),

changes as (

    select
        *,
        lag(stage_name) over (
            partition by opportunity_id
            order by entered_at, told_rank, row_id
        ) as last_stage_name

    from told

),

numbered as (

    select
        *,
        row_number() over stage_order as stage_number,
        lead(entered_at) over stage_order as next_entered_at

    from changes

    where stage_name is distinct from last_stage_name

    window stage_order as (
        partition by opportunity_id
        order by entered_at, told_rank, row_id
    )

),

final as (

    select
        numbered.opportunity_id,
        cast(numbered.stage_number as int) as stage_number,
        numbered.stage_name,
        case
            when numbered.stage_number = 1 then opportunities.created_at
            else numbered.entered_at
        end as entered_at,
        coalesce(numbered.next_entered_at, opportunities.ended_at) as exited_at,
        numbered.next_entered_at is null as is_last

    from numbered

    inner join opportunities
        on numbered.opportunity_id = opportunities.opportunity_id

)

select * from final
