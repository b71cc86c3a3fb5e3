{#- What the CRM says of the stages of leads by its deals: that one was made, each stage of its history,
    the stage of those without one, and how it ended. `opportunities` is the model of that name, `history`
    is stg_raw__crm_opportunity_history. -#}
{% macro crm_deal_signals(opportunities, history, stage_map, stages) -%}
select
    'opportunity_created:' || opportunity_id as signal_id,
    opportunity_id,
    'opportunity_created' as raw_status,
    'sql' as stage,
    cast(null as string) as reason,
    created_at as occurred_at,
    first_loaded_at as loaded_at,
    false as is_taken_back

from {{ opportunities }} as opportunities

where created_at is not null

union all

select
    'opportunity_stage:' || history.history_id as signal_id,
    history.opportunity_id,
    history.stage_name as raw_status,
    stage_map.stage,
    coalesce(opportunities.reason, nullif(stage_map.reason, '')) as reason,
    history.changed_at as occurred_at,
    history.loaded_at,
    {# A deal that was decided and goes on was not decided. #}
    coalesce(stages.is_terminal, false)
    and (
        opportunities.closed_as is distinct from stages.stage
        or coalesce(history.changed_at < opportunities.last_stage_at, false)
    ) as is_taken_back

from {{ history }} as history

inner join {{ opportunities }} as opportunities
    on history.opportunity_id = opportunities.opportunity_id

left join {{ stage_map }} as stage_map
    on
        stage_map.object_type = 'opportunity'
        and lower(history.stage_name) = lower(stage_map.raw_status)

left join {{ stages }} as stages
    on stage_map.stage = stages.stage

where history.stage_name is not null

union all

{# Where neither a flag nor a history says how a deal stands, its stage does. #}
select
    'opportunity_stage_now:' || opportunity_id as signal_id,
    opportunity_id,
    stage_name as raw_status,
    stage,
    reason,
    coalesce(updated_at, created_at) as occurred_at,
    loaded_at,
    false as is_taken_back

from {{ opportunities }} as opportunities

where
    stage_name is not null
    and not is_flagged
    and closed_as is null
    and not has_history

union all

select
    'opportunity_closed:' || opportunity_id as signal_id,
    opportunity_id,
    case when closed_as = 'closed_won' then 'closed won' else 'closed lost' end
        as raw_status,
    closed_as as stage,
    reason,
    ended_at as occurred_at,
    loaded_at,
    false as is_taken_back

from {{ opportunities }} as opportunities

where closed_as is not null and not is_told_by_history
{%- endmacro %}
