{# One row per opportunity: how it ended and when. What counts as won is decided here
   and nowhere else. The flags say how it ended; where they are silent, the stage's name
   does, at the time that a history tells. #}
with

stage_map as (

    select * from {{ ref('stage_map') }}
    where object_type = 'opportunity'

),

histories as (

    select
        history.opportunity_id,
        stage_map.stage,
        max(history.changed_at) as entered_at

    from {{ ref('stg_raw__crm_opportunity_history') }} as history

    left join stage_map
        on lower(history.stage_name) = lower(stage_map.raw_status)

    where history.stage_name is not null

    group by history.opportunity_id, stage_map.stage

),

with_history as (

    select distinct opportunity_id from histories

),

opportunities as (

    select
        opportunities.*,
        stage_map.stage,
        coalesce(stage_map.is_terminal, false) as is_stage_terminal,
        nullif(stage_map.reason, '') as stage_reason,
        with_history.opportunity_id is not null as has_history,
        histories.entered_at as stage_entered_at

    from {{ ref('stg_raw__crm_opportunities') }} as opportunities

    left join stage_map
        on lower(opportunities.stage_name) = lower(stage_map.raw_status)

    left join with_history
        on opportunities.opportunity_id = with_history.opportunity_id

    left join histories
        on
            opportunities.opportunity_id = histories.opportunity_id
            and stage_map.stage = histories.stage

),

judged as (

    select
        *,
        case
            when is_won then 'closed_won'
            when is_closed and is_won is null and is_stage_terminal then stage
            when is_closed and is_stage_terminal and stage != 'closed_won' then stage
            when is_closed then 'closed_lost'
        end as flagged_as,
        case
            when
                is_closed is null
                and is_stage_terminal
                and (is_won is null or stage != 'closed_won')
                then stage
        end as named_as

    from opportunities

),

dated as (

    select
        *,
        flagged_as is null and named_as is not null and stage_entered_at is not null
            as is_told_by_history,
        {# Of what no flag says to be closed, the date may be a plan. #}
        case
            when flagged_as is not null or closed_at <= loaded_at then closed_at
        end as ending_at

    from judged

),

final as (

    select
        opportunity_id,
        lead_id,
        contact_id,
        account_id,
        created_at,
        closed_at,
        updated_at,
        loaded_at,
        first_loaded_at,
        stage_name,
        stage,
        coalesce(is_closed, is_won) is not null as is_flagged,
        has_history,
        coalesce(flagged_as, named_as) as closed_as,
        is_told_by_history,
        {# Nothing ends before it began: the date of the end is then the wrong one. #}
        case
            when is_told_by_history
                then greatest(stage_entered_at, coalesce(created_at, stage_entered_at))
            when coalesce(flagged_as, named_as) is not null
                then greatest(
                    coalesce(ending_at, updated_at, created_at),
                    coalesce(created_at, ending_at, updated_at)
                )
        end as ended_at,
        case
            when coalesce(flagged_as, named_as) is distinct from 'closed_won'
                then coalesce(lost_reason, stage_reason)
        end as reason,
        cast(amount as double) as amount,
        currency_code,
        coalesce(closed_at < created_at, false) as is_closed_before_created,
        coalesce(
            (is_won and is_stage_terminal and stage != 'closed_won')
            or (not is_won and stage = 'closed_won')
            or (not is_closed and is_stage_terminal),
            false
        ) as is_stage_contradicted

    from dated

)

select * from final
