{# What the CRM says about a person's stage, one row per signal: status
   changes, the status that was there before the first of them, statuses without
   history, conversions and opportunities. A status that the map does not know
   keeps its row, with no stage; one that means no stage is `known`, and moves nobody. Signals of one moment are in the order of
   moment_rank, moment_number and signal_key: a chain of status changes keeps its
   order, and what else was said then goes by stage. #}

with

clock as (

    select * from {{ ref('clock') }}

),

members as (

    select * from {{ ref('identity_members') }}

),

stages as (

    select * from {{ ref('stages') }}

),

stage_map as (

    select * from {{ ref('stage_map') }}

),

deleted_leads as (

    {{ deleted_leads(ref('stg_raw__crm_leads')) }}

),

{# A deleted record says nothing any more. #}
crm_leads as (

    select * from {{ ref('stg_raw__crm_leads') }}
    where lead_id not in (select lead_id from deleted_leads)

),

opportunities as (

    select * from {{ ref('opportunities') }}
    where lead_key is not null

),

status_changes as (

    select * from {{ ref('int_status_changes') }}
    where lead_id not in (select lead_id from deleted_leads)

),

{# CRMs keep the history of a field for a while only, and from the day on which
   somebody switched that on. #}
kept_history as (

    select min(changed_at) as starts_at
    {% if is_fresh() %}
    from (
        select changed_at from {{ ref('int_status_changes') }}

        union all

        select changed_at from {{ as_of_the_night(ref('int_status_changes')) }}
    ) as all_changes
    {% else %}
    from {{ ref('int_status_changes') }}
    {% endif %}

),

{# A conversion that has only a day came with what else says that day that the lead
   was qualified. #}
conversions_of_day as (

    select
        crm_leads.lead_id,
        min(signals.said_at) as said_at

    from crm_leads

    inner join (
        select
            status_changes.lead_id,
            status_changes.changed_at as said_at

        from status_changes

        inner join stage_map
            on
                stage_map.object_type = 'lead'
                and lower(status_changes.new_value) = lower(stage_map.raw_status)

        where stage_map.stage in ('sql', 'closed_won', 'closed_lost')

        union all

        select
            converted_leads.lead_id,
            opportunities.created_at as said_at

        from crm_leads as converted_leads

        inner join opportunities
            on converted_leads.converted_opportunity_id = opportunities.opportunity_id
    ) as signals
        on
            crm_leads.lead_id = signals.lead_id
            and signals.said_at
            between cast(date_trunc('day', crm_leads.converted_at) as timestamp)
            and crm_leads.converted_at

    where crm_leads.is_converted_on_day

    group by crm_leads.lead_id

),

lead_signals as (

    {{ crm_lead_signals(
        leads='crm_leads',
        changes='status_changes',
        kept_history='kept_history',
        conversions_of_day='conversions_of_day',
        stage_map='stage_map',
        knowledge=ref('first_knowledge'),
        first_syncs=ref('stg_raw__first_syncs'),
    ) }}

),

mapped_lead_signals as (

    select
        lead_signals.signal_id,
        lead_signals.lead_id,
        lead_signals.raw_status,
        coalesce(stage_map.stage, lead_signals.fixed_stage) as stage,
        nullif(stage_map.reason, '') as reason,
        lead_signals.occurred_at,
        lead_signals.loaded_at,
        lead_signals.is_initial,
        lead_signals.moment_number,
        case
            when lead_signals.moment_number is null then stages.stage_order
            else max(stages.stage_order) over (
                partition by
                    lead_signals.lead_id,
                    lead_signals.occurred_at,
                    lead_signals.moment_number is null
                order by lead_signals.moment_number, lead_signals.signal_id
                rows between unbounded preceding and current row
            )
        end as moment_rank

    from lead_signals

    left join stage_map
        on
            stage_map.object_type = 'lead'
            and lower(lead_signals.raw_status) = lower(stage_map.raw_status)

    left join stages
        on coalesce(stage_map.stage, lead_signals.fixed_stage) = stages.stage

),

other_statuses as (

    select * from {{ ref('int_other_statuses') }}

),

opportunity_signals as (

    {{ crm_deal_signals(
        opportunities='opportunities',
        history=ref('stg_raw__crm_opportunity_history'),
        stage_map='stage_map',
        stages='stages',
    ) }}

),

signals as (

    select
        mapped_lead_signals.signal_id,
        members.lead_key,
        members.joined_at,
        'lead_status' as signal_source,
        mapped_lead_signals.lead_id as source_id,
        mapped_lead_signals.raw_status,
        mapped_lead_signals.stage,
        mapped_lead_signals.reason,
        mapped_lead_signals.occurred_at,
        mapped_lead_signals.loaded_at,
        mapped_lead_signals.is_initial,
        false as is_taken_back,
        false as is_expansion,
        coalesce(mapped_lead_signals.moment_rank, 0) as moment_rank,
        coalesce(mapped_lead_signals.moment_number, 0) as moment_number

    from mapped_lead_signals

    inner join members
        on
            {{ identifier_key('crm_lead', 'mapped_lead_signals.lead_id') }}
            = members.identifier_key

    union all

    select
        other_statuses.signal_id,
        members.lead_key,
        members.joined_at,
        'lead_status' as signal_source,
        other_statuses.record_id as source_id,
        other_statuses.raw_status,
        stage_map.stage,
        nullif(stage_map.reason, '') as reason,
        other_statuses.occurred_at,
        other_statuses.loaded_at,
        other_statuses.is_initial,
        false as is_taken_back,
        false as is_expansion,
        coalesce(stages.stage_order, 0) as moment_rank,
        0 as moment_number

    from other_statuses

    inner join members
        on other_statuses.identifier_key = members.identifier_key

    left join stage_map
        on
            stage_map.object_type = 'lead'
            and lower(other_statuses.raw_status) = lower(stage_map.raw_status)

    left join stages
        on stage_map.stage = stages.stage

    union all

    select
        opportunity_signals.signal_id,
        opportunities.lead_key,
        opportunities.joined_at,
        'opportunity' as signal_source,
        opportunity_signals.opportunity_id as source_id,
        opportunity_signals.raw_status,
        opportunity_signals.stage,
        opportunity_signals.reason,
        opportunity_signals.occurred_at,
        opportunity_signals.loaded_at,
        false as is_initial,
        opportunity_signals.is_taken_back,
        opportunities.is_expansion,
        coalesce(stages.stage_order, 0) as moment_rank,
        0 as moment_number

    from opportunity_signals

    inner join opportunities
        on opportunity_signals.opportunity_id = opportunities.opportunity_id

    left join stages
        on opportunity_signals.stage = stages.stage

),

{# A lost opportunity does not end the cycle while another one is open. #}
still_open as (

    select distinct signals.signal_id

    from signals

    inner join opportunities
        on
            signals.lead_key = opportunities.lead_key
            and signals.source_id != opportunities.opportunity_id
            and opportunities.created_at <= signals.occurred_at
            and (
                opportunities.ended_at is null
                or opportunities.ended_at > signals.occurred_at
            )

    where
        signals.signal_source = 'opportunity'
        and signals.stage = 'closed_lost'

),

final as (

    select
        {{ key(['signals.signal_id']) }} as signal_key,
        signals.lead_key,
        signals.occurred_at,
        signals.loaded_at,
        greatest(
            {{ known_at('signals.occurred_at', 'signals.loaded_at', 'clock') }},
            signals.joined_at
        ) as known_at,
        signals.stage,
        signals.reason,
        signals.raw_status,
        signals.signal_source,
        signals.source_id,
        {# The status a record was created with says nothing about a move. #}
        signals.is_initial,
        signals.is_taken_back,
        signals.is_expansion,
        still_open.signal_id is not null as is_other_opportunity_open,
        cast(signals.moment_rank as int) as moment_rank,
        cast(signals.moment_number as int) as moment_number

    from signals

    left join still_open
        on signals.signal_id = still_open.signal_id

    cross join clock

)

select * from final
