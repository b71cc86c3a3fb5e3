{# What the CRM says about a person's stage, one row per statement: status
   changes, the status that was there before the first of them, statuses without
   history, conversions and opportunities. A status that the map does not know
   keeps its row, with no stage; one that means no stage is `known`, and moves nobody. Statements of one moment are in the order of
   moment_rank, moment_number and signal_key: a chain of status changes keeps its
   order, and what else was said then goes by stage. #}
{# Salesforce, which keeps the history of a field for 18 months, is the shortest. #}
{% set history_kept_days = 540 %}
{% set is_merged_lead = 'coalesce(crm_leads.merged_into_lead_id != crm_leads.lead_id, false)' %}

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
        min(statements.said_at) as said_at

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
    ) as statements
        on
            crm_leads.lead_id = statements.lead_id
            and statements.said_at
            between cast(date_trunc('day', crm_leads.converted_at) as timestamp)
            and crm_leads.converted_at

    where crm_leads.is_converted_on_day

    group by crm_leads.lead_id

),

lead_statements as (

    select
        'status:' || history_id as statement_id,
        lead_id,
        new_value as raw_status,
        cast(null as string) as fixed_stage,
        changed_at as occurred_at,
        loaded_at,
        coalesce(old_value, '') = '' as is_initial,
        moment_number

    from status_changes

    where new_value is not null and new_value != ''

    union all

    {# The history may start after the lead: its first change tells what the
       status was until then. Since when, it tells only where the lead was made after
       the history began: for an older one, nothing but a status that leads start
       with is as old as the record. #}
    select
        'first_status:' || crm_leads.lead_id as statement_id,
        crm_leads.lead_id,
        status_changes.old_value as raw_status,
        cast(null as string) as fixed_stage,
        least(crm_leads.created_at, status_changes.changed_at) as occurred_at,
        crm_leads.first_loaded_at as loaded_at,
        true as is_initial,
        0 as moment_number

    from crm_leads

    inner join status_changes
        on
            crm_leads.lead_id = status_changes.lead_id
            and status_changes.change_number = 1

    cross join kept_history

    left join stage_map
        on
            stage_map.object_type = 'lead'
            and lower(status_changes.old_value) = lower(stage_map.raw_status)

    where
        status_changes.old_value is not null
        and status_changes.old_value != ''
        and (
            coalesce(stage_map.stage, 'inquiry') in ('inquiry', 'known')
            or (
                crm_leads.created_at >= kept_history.starts_at
                and status_changes.changed_at
                < {{ add_days('crm_leads.created_at', history_kept_days) }}
            )
            or status_changes.changed_at <= crm_leads.created_at
        )

    union all

    {# A status that the history does not tell of is dated by the record's last
       change; without any history, by the first at which it was seen. What a record says
       that was merged away says nothing of the merge's day: the one that stays speaks. #}
    select
        'current_status:' || crm_leads.lead_id as statement_id,
        crm_leads.lead_id,
        crm_leads.status as raw_status,
        cast(null as string) as fixed_stage,
        case
            when status_changes.lead_id is null
                then {{ status_borne_at(
                    'crm_leads', is_merged_lead, 'remembered', 'merges'
                ) }}
            else coalesce(crm_leads.updated_at, crm_leads.created_at)
        end as occurred_at,
        case
            when status_changes.lead_id is null and remembered.fact_key is not null
                then {{ counted_arrival('remembered.first_loaded_at', 'syncs') }}
            else crm_leads.loaded_at
        end as loaded_at,
        status_changes.lead_id is null as is_initial,
        0 as moment_number

    from crm_leads

    left join status_changes
        on
            crm_leads.lead_id = status_changes.lead_id
            and status_changes.change_number = status_changes.changes

    left join {{ ref('first_knowledge') }} as remembered
        on
            {{ fact_key("'crm_leads'", 'crm_leads.lead_id', "'status'", 'lower(crm_leads.status)') }}
            = remembered.fact_key

    left join {{ first_syncs_of(ref('stg_raw__first_syncs'), 'crm_leads') }} as syncs
        on
            coalesce(crm_leads.source, '') = syncs.synced_source
            and {{ arrival_hour('remembered.first_loaded_at') }} = syncs.synced_hour

    left join {{ ref('first_knowledge') }} as merges
        on
            crm_leads.merged_into_lead_id is not null
            and {{ fact_key(
                "'crm_leads'", 'crm_leads.lead_id', "'merged_into_lead_id'", 'crm_leads.merged_into_lead_id'
            ) }}
            = merges.fact_key

    where
        crm_leads.status is not null
        and (
            status_changes.lead_id is null
            or (
                not {{ is_merged_lead }}
                and status_changes.new_value is distinct from crm_leads.status
                and crm_leads.updated_at > status_changes.changed_at
            )
        )

    union all

    select
        'conversion:' || crm_leads.lead_id as statement_id,
        crm_leads.lead_id,
        'Converted' as raw_status,
        'sql' as fixed_stage,
        coalesce(conversions_of_day.said_at, crm_leads.converted_at) as occurred_at,
        crm_leads.loaded_at,
        coalesce(crm_leads.is_converted_on_day, false) as is_initial,
        cast(null as int) as moment_number

    from crm_leads

    left join conversions_of_day
        on crm_leads.lead_id = conversions_of_day.lead_id

    where crm_leads.converted_at is not null

),

mapped_lead_statements as (

    select
        lead_statements.statement_id,
        lead_statements.lead_id,
        lead_statements.raw_status,
        coalesce(stage_map.stage, lead_statements.fixed_stage) as stage,
        nullif(stage_map.reason, '') as reason,
        lead_statements.occurred_at,
        lead_statements.loaded_at,
        lead_statements.is_initial,
        lead_statements.moment_number,
        case
            when lead_statements.moment_number is null then stages.stage_order
            else max(stages.stage_order) over (
                partition by
                    lead_statements.lead_id,
                    lead_statements.occurred_at,
                    lead_statements.moment_number is null
                order by lead_statements.moment_number, lead_statements.statement_id
                rows between unbounded preceding and current row
            )
        end as moment_rank

    from lead_statements

    left join stage_map
        on
            stage_map.object_type = 'lead'
            and lower(lead_statements.raw_status) = lower(stage_map.raw_status)

    left join stages
        on coalesce(stage_map.stage, lead_statements.fixed_stage) = stages.stage

),

other_statuses as (

    select * from {{ ref('int_other_statuses') }}

),

opportunity_statements as (

    select
        'opportunity_created:' || opportunity_id as statement_id,
        opportunity_id,
        'opportunity_created' as raw_status,
        'sql' as stage,
        cast(null as string) as reason,
        created_at as occurred_at,
        first_loaded_at as loaded_at,
        false as is_taken_back

    from opportunities

    where created_at is not null

    union all

    select
        'opportunity_stage:' || history.history_id as statement_id,
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

    from {{ ref('stg_raw__crm_opportunity_history') }} as history

    inner join opportunities
        on history.opportunity_id = opportunities.opportunity_id

    left join stage_map
        on
            stage_map.object_type = 'opportunity'
            and lower(history.stage_name) = lower(stage_map.raw_status)

    left join stages
        on stage_map.stage = stages.stage

    where history.stage_name is not null

    union all

    {# Where neither a flag nor a history says how a deal stands, its stage does. #}
    select
        'opportunity_stage_now:' || opportunity_id as statement_id,
        opportunity_id,
        stage_name as raw_status,
        stage,
        reason,
        coalesce(updated_at, created_at) as occurred_at,
        loaded_at,
        false as is_taken_back

    from opportunities

    where
        stage_name is not null
        and not is_flagged
        and closed_as is null
        and not has_history

    union all

    select
        'opportunity_closed:' || opportunity_id as statement_id,
        opportunity_id,
        case when closed_as = 'closed_won' then 'closed won' else 'closed lost' end
            as raw_status,
        closed_as as stage,
        reason,
        ended_at as occurred_at,
        loaded_at,
        false as is_taken_back

    from opportunities

    where closed_as is not null and not is_told_by_history

),

statements as (

    select
        mapped_lead_statements.statement_id,
        members.lead_key,
        members.joined_at,
        'lead_status' as signal_source,
        mapped_lead_statements.lead_id as source_id,
        mapped_lead_statements.raw_status,
        mapped_lead_statements.stage,
        mapped_lead_statements.reason,
        mapped_lead_statements.occurred_at,
        mapped_lead_statements.loaded_at,
        mapped_lead_statements.is_initial,
        false as is_taken_back,
        false as is_expansion,
        coalesce(mapped_lead_statements.moment_rank, 0) as moment_rank,
        coalesce(mapped_lead_statements.moment_number, 0) as moment_number

    from mapped_lead_statements

    inner join members
        on
            {{ identifier_key('crm_lead', 'mapped_lead_statements.lead_id') }}
            = members.identifier_key

    union all

    select
        other_statuses.statement_id,
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
        opportunity_statements.statement_id,
        opportunities.lead_key,
        opportunities.joined_at,
        'opportunity' as signal_source,
        opportunity_statements.opportunity_id as source_id,
        opportunity_statements.raw_status,
        opportunity_statements.stage,
        opportunity_statements.reason,
        opportunity_statements.occurred_at,
        opportunity_statements.loaded_at,
        false as is_initial,
        opportunity_statements.is_taken_back,
        opportunities.is_expansion,
        coalesce(stages.stage_order, 0) as moment_rank,
        0 as moment_number

    from opportunity_statements

    inner join opportunities
        on opportunity_statements.opportunity_id = opportunities.opportunity_id

    left join stages
        on opportunity_statements.stage = stages.stage

),

{# A lost opportunity does not end the cycle while another one is open. #}
still_open as (

    select distinct statements.statement_id

    from statements

    inner join opportunities
        on
            statements.lead_key = opportunities.lead_key
            and statements.source_id != opportunities.opportunity_id
            and opportunities.created_at <= statements.occurred_at
            and (
                opportunities.ended_at is null
                or opportunities.ended_at > statements.occurred_at
            )

    where
        statements.signal_source = 'opportunity'
        and statements.stage = 'closed_lost'

),

final as (

    select
        {{ key(['statements.statement_id']) }} as signal_key,
        statements.lead_key,
        statements.occurred_at,
        statements.loaded_at,
        greatest(
            {{ known_at('statements.occurred_at', 'statements.loaded_at', 'clock') }},
            statements.joined_at
        ) as known_at,
        statements.stage,
        statements.reason,
        statements.raw_status,
        statements.signal_source,
        statements.source_id,
        {# The status a record was created with says nothing about a move. #}
        statements.is_initial,
        statements.is_taken_back,
        statements.is_expansion,
        still_open.statement_id is not null as is_other_opportunity_open,
        cast(statements.moment_rank as int) as moment_rank,
        cast(statements.moment_number as int) as moment_number

    from statements

    left join still_open
        on statements.statement_id = still_open.statement_id

    cross join clock

)

select * from final
