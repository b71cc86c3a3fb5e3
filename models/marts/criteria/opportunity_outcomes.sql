{# One row per opportunity: how it ended and when. What counts as won is decided here
   and nowhere else. The flags say how it ended; where they are silent, the stage's name
   does, at the time that a history tells. #}
with

stage_map as (

    select * from {{ ref('stage_map') }}
    where object_type = 'opportunity'

),

history as (

    select * from {{ ref('stg_raw__crm_opportunity_history') }}
    where stage_name is not null

),

deal_types as (

    select
        {{ seed_text('field') }} as field,
        {{ squeezed_word(seed_text('word')) }} as word,
        {{ seed_text('deal_type') }} as deal_type

    from {{ ref('deal_types') }}

),

{# Whose a deal is that names nobody itself: its primary person's, else the first's. #}
first_people as (

    {{ first_rows(
        ref('stg_raw__crm_opportunity_contacts'),
        by='opportunity_id',
        order_by="case when is_primary then 0 else 1 end, opportunity_contact_key",
        columns='opportunity_id, lead_id, contact_id'
    ) }}

),

with_history as (

    select distinct opportunity_id from history

),

{# Stages that no line maps say nothing, and of one moment the furthest stage counts. #}
placed_stages as (

    select
        history.opportunity_id,
        history.stage_name,
        stage_map.stage,
        history.changed_at,
        row_number() over (
            partition by history.opportunity_id
            order by history.changed_at, stage_map.stage_order, history.history_id
        ) as place,
        row_number() over (
            partition by history.opportunity_id
            order by history.changed_at desc, stage_map.stage_order desc, history.history_id desc
        ) as place_from_end

    from history

    inner join stage_map
        on lower(history.stage_name) = lower(stage_map.raw_status)

),

last_stages as (

    select
        opportunity_id,
        stage_name,
        stage

    from placed_stages

    where place_from_end = 1

),

last_others as (

    select
        placed_stages.opportunity_id,
        max(placed_stages.place) as place

    from placed_stages

    inner join last_stages
        on placed_stages.opportunity_id = last_stages.opportunity_id

    where placed_stages.stage != last_stages.stage

    group by placed_stages.opportunity_id

),

{# A deal that was decided, reopened and decided again was decided at the last time. #}
last_runs as (

    select
        placed_stages.opportunity_id,
        max(last_stages.stage_name) as stage_name,
        max(last_stages.stage) as stage,
        min(placed_stages.changed_at) as entered_at

    from placed_stages

    inner join last_stages
        on placed_stages.opportunity_id = last_stages.opportunity_id

    left join last_others
        on placed_stages.opportunity_id = last_others.opportunity_id

    where placed_stages.place > coalesce(last_others.place, 0)

    group by placed_stages.opportunity_id

),

opportunities as (

    select
        opportunities.*,
        coalesce(opportunities.lead_id, opportunities.contact_id) is null as names_nobody,
        first_people.lead_id as first_lead_id,
        first_people.contact_id as first_contact_id,
        coalesce(types.deal_type, pipelines.deal_type) as kind_of_deal,
        stage_map.stage,
        coalesce(stage_map.is_terminal, false) as is_stage_terminal,
        nullif(stage_map.reason, '') as stage_reason,
        with_history.opportunity_id is not null as has_history,
        last_runs.stage as last_stage,
        last_runs.entered_at as last_stage_at

    from {{ ref('stg_raw__crm_opportunities') }} as opportunities

    left join stage_map
        on lower(opportunities.stage_name) = lower(stage_map.raw_status)

    left join first_people
        on opportunities.opportunity_id = first_people.opportunity_id

    left join deal_types as types
        on
            types.field = 'deal_type'
            and {{ squeezed_word('opportunities.deal_type') }} = types.word

    left join deal_types as pipelines
        on
            pipelines.field = 'pipeline'
            and {{ squeezed_word('opportunities.pipeline') }} = pipelines.word

    left join with_history
        on opportunities.opportunity_id = with_history.opportunity_id

    left join last_runs
        on opportunities.opportunity_id = last_runs.opportunity_id

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
        flagged_as is null and named_as is not null and coalesce(last_stage = stage, false)
            as is_told_by_history,
        {# A date that lies ahead is a plan. Where a flag says that the deal is closed, the
           day of loading may be over elsewhere; else it was closed by the time it came. #}
        case
            when
                last_stage = coalesce(flagged_as, named_as)
                and last_stage_at
                between closed_at and {{ end_of_day('closed_at') }}
                and {{ is_day_without_time('closed_at') }}
                then last_stage_at
            else {{ latest_time('closed_at', 'arrived_at') }}
        end as closing_at,
        case
            when flagged_as is not null
                then coalesce(closed_at > {{ add_days('arrived_at', 1) }}, false)
            else coalesce(closed_at > arrived_at, closed_at is not null)
        end as is_closing_ahead

    from judged

),

ending as (

    select
        *,
        case
            when not is_closing_ahead then closing_at
            when flagged_as is not null then coalesce(updated_at, arrived_at)
        end as ending_at

    from dated

),

ended as (

    select
        opportunity_id,
        case when names_nobody then first_lead_id else lead_id end as lead_id,
        case when names_nobody then first_contact_id else contact_id end as contact_id,
        account_id,
        kind_of_deal as deal_type,
        coalesce(kind_of_deal != 'new_business', false) as is_expansion,
        campaign_id,
        created_at,
        closed_at,
        updated_at,
        arrived_at,
        loaded_at,
        first_loaded_at,
        stage_name,
        stage,
        coalesce(is_closed, is_won) is not null as is_flagged,
        has_history,
        coalesce(flagged_as, named_as) as closed_as,
        is_told_by_history,
        last_stage_at,
        {# Nothing ends before it began: the date of the end is then the wrong one. #}
        case
            when is_told_by_history
                then greatest(last_stage_at, coalesce(created_at, last_stage_at))
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

    from ending

),

{# Whatever is told of a deal's worth is converted here, at the rate of its end. #}
final as (

    select
        ended.*,
        ended.amount * rates.rate as converted_amount,
        case when ended.amount * rates.rate is not null then rates.reporting_currency end
            as reporting_currency_code

    from ended

    {{ join_rates(ref('currency_rates'), 'ended.currency_code', 'ended.ended_at') }}

)

select * from final
