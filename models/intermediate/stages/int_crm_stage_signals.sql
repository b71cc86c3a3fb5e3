{# What the CRM says about a person's stage, one row per statement: status
   changes, the status that was there before the first of them, statuses without
   history, conversions and opportunities. A status that the map does not know
   keeps its row, with no stage. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

members as (

    select * from {{ ref('int_identity_members') }}

),

stage_map as (

    select * from {{ ref('int_stage_map') }}

),

crm_leads as (

    select * from {{ ref('stg_raw__crm_leads') }}

),

opportunities as (

    select * from {{ ref('stg_raw__crm_opportunities') }}

),

status_changes as (

    select
        history_id,
        lead_id,
        old_value,
        new_value,
        changed_at,
        loaded_at,
        row_number() over (
            partition by lead_id
            order by changed_at, history_id
        ) as change_number,
        row_number() over (
            partition by lead_id
            order by changed_at desc, history_id desc
        ) as change_number_from_end

    from {{ ref('stg_raw__crm_lead_history') }}

    where lower(field_name) = 'status'

),

lead_statements as (

    select
        'status:' || history_id as statement_id,
        lead_id,
        new_value as raw_status,
        cast(null as string) as fixed_stage,
        changed_at as occurred_at,
        loaded_at,
        coalesce(old_value, '') = '' as is_initial

    from status_changes

    where new_value is not null and new_value != ''

    union all

    {# The history may start after the lead: its first change tells what the
       status was until then. #}
    select
        'first_status:' || crm_leads.lead_id as statement_id,
        crm_leads.lead_id,
        status_changes.old_value as raw_status,
        cast(null as string) as fixed_stage,
        crm_leads.created_at as occurred_at,
        crm_leads.first_loaded_at as loaded_at,
        true as is_initial

    from crm_leads

    inner join status_changes
        on
            crm_leads.lead_id = status_changes.lead_id
            and status_changes.change_number = 1

    where status_changes.old_value is not null and status_changes.old_value != ''

    union all

    {# A status that the history does not tell of is dated by the record's last
       change. #}
    select
        'current_status:' || crm_leads.lead_id as statement_id,
        crm_leads.lead_id,
        crm_leads.status as raw_status,
        cast(null as string) as fixed_stage,
        coalesce(crm_leads.updated_at, crm_leads.created_at) as occurred_at,
        crm_leads.loaded_at,
        status_changes.lead_id is null as is_initial

    from crm_leads

    left join status_changes
        on
            crm_leads.lead_id = status_changes.lead_id
            and status_changes.change_number_from_end = 1

    where
        crm_leads.status is not null
        and (
            status_changes.lead_id is null
            or (
                status_changes.new_value is distinct from crm_leads.status
                and crm_leads.updated_at > status_changes.changed_at
            )
        )

    union all

    select
        'conversion:' || lead_id as statement_id,
        lead_id,
        'Converted' as raw_status,
        'sql' as fixed_stage,
        converted_at as occurred_at,
        loaded_at,
        false as is_initial

    from crm_leads

    where converted_at is not null

),

opportunity_people as (

    select
        opportunities.*,
        coalesce(
            {{ identifier_key('crm_lead', 'lead_id') }},
            {{ identifier_key('crm_contact', 'contact_id') }}
        ) as identifier_key,
        case
            when is_won then coalesce(closed_at, updated_at, created_at)
            when is_closed then coalesce(closed_at, updated_at, created_at)
        end as ended_at

    from opportunities

),

opportunity_histories as (

    select distinct opportunity_id from {{ ref('stg_raw__crm_opportunity_history') }}

),

opportunity_statements as (

    select
        'opportunity_created:' || opportunity_id as statement_id,
        opportunity_id,
        identifier_key,
        'opportunity_created' as raw_status,
        'sql' as fixed_stage,
        cast(null as string) as reason,
        created_at as occurred_at,
        first_loaded_at as loaded_at

    from opportunity_people

    where created_at is not null

    union all

    select
        'opportunity_stage:' || history.history_id as statement_id,
        history.opportunity_id,
        opportunity_people.identifier_key,
        history.stage_name as raw_status,
        cast(null as string) as fixed_stage,
        case
            when opportunity_people.is_won then null
            else opportunity_people.lost_reason
        end as reason,
        history.changed_at as occurred_at,
        history.loaded_at

    from {{ ref('stg_raw__crm_opportunity_history') }} as history

    inner join opportunity_people
        on history.opportunity_id = opportunity_people.opportunity_id

    where history.stage_name is not null

    union all

    {# Where neither a flag nor a history says how a deal stands, its stage does. #}
    select
        'opportunity_stage_now:' || opportunity_people.opportunity_id as statement_id,
        opportunity_people.opportunity_id,
        opportunity_people.identifier_key,
        opportunity_people.stage_name as raw_status,
        cast(null as string) as fixed_stage,
        opportunity_people.lost_reason as reason,
        case
            when stage_map.is_terminal
                then coalesce(
                    opportunity_people.closed_at,
                    opportunity_people.updated_at,
                    opportunity_people.created_at
                )
            else coalesce(opportunity_people.updated_at, opportunity_people.created_at)
        end as occurred_at,
        opportunity_people.loaded_at

    from opportunity_people

    left join opportunity_histories
        on opportunity_people.opportunity_id = opportunity_histories.opportunity_id

    left join stage_map
        on
            stage_map.object_type = 'opportunity'
            and lower(opportunity_people.stage_name) = lower(stage_map.raw_status)

    where
        opportunity_people.stage_name is not null
        and opportunity_people.is_won is null
        and opportunity_people.is_closed is null
        and opportunity_histories.opportunity_id is null

    union all

    select
        'opportunity_closed:' || opportunity_id as statement_id,
        opportunity_id,
        identifier_key,
        case when is_won then 'closed won' else 'closed lost' end as raw_status,
        case when is_won then 'closed_won' else 'closed_lost' end as fixed_stage,
        case when not is_won then lost_reason end as reason,
        ended_at as occurred_at,
        loaded_at

    from opportunity_people

    where ended_at is not null

),

statements as (

    select
        lead_statements.statement_id,
        'lead_status' as signal_source,
        lead_statements.lead_id as source_id,
        {{ identifier_key('crm_lead', 'lead_statements.lead_id') }}
            as identifier_key,
        lead_statements.raw_status,
        coalesce(stage_map.stage, lead_statements.fixed_stage) as stage,
        nullif(stage_map.reason, '') as reason,
        lead_statements.occurred_at,
        lead_statements.loaded_at,
        lead_statements.is_initial

    from lead_statements

    left join stage_map
        on
            stage_map.object_type = 'lead'
            and lower(lead_statements.raw_status) = lower(stage_map.raw_status)

    union all

    select
        opportunity_statements.statement_id,
        'opportunity' as signal_source,
        opportunity_statements.opportunity_id as source_id,
        opportunity_statements.identifier_key,
        opportunity_statements.raw_status,
        coalesce(opportunity_statements.fixed_stage, stage_map.stage) as stage,
        coalesce(opportunity_statements.reason, nullif(stage_map.reason, ''))
            as reason,
        opportunity_statements.occurred_at,
        opportunity_statements.loaded_at,
        false as is_initial

    from opportunity_statements

    left join stage_map
        on
            stage_map.object_type = 'opportunity'
            and lower(opportunity_statements.raw_status)
            = lower(stage_map.raw_status)

),

{# A lost opportunity does not end the cycle while another one is open. #}
still_open as (

    select distinct statements.statement_id

    from statements

    inner join opportunity_people
        on
            statements.identifier_key = opportunity_people.identifier_key
            and statements.source_id != opportunity_people.opportunity_id
            and opportunity_people.created_at <= statements.occurred_at
            and (
                opportunity_people.ended_at is null
                or opportunity_people.ended_at > statements.occurred_at
            )

    where
        statements.signal_source = 'opportunity'
        and statements.stage = 'closed_lost'

),

final as (

    select
        {{ key(['statements.statement_id']) }} as signal_key,
        members.lead_key,
        statements.occurred_at,
        statements.loaded_at,
        greatest(
            {{ known_at('statements.occurred_at', 'statements.loaded_at') }},
            members.joined_at
        ) as known_at,
        statements.stage,
        statements.reason,
        statements.raw_status,
        statements.signal_source,
        statements.source_id,
        {# The status a record was created with says nothing about a move. #}
        statements.is_initial,
        still_open.statement_id is not null as is_other_opportunity_open

    from statements

    inner join members
        on statements.identifier_key = members.identifier_key

    left join still_open
        on statements.statement_id = still_open.statement_id

    cross join clock

)

select * from final
