{#- What the CRM says of stages by the status of its leads: each change of it, the status that was there
    before the first of them, statuses without history, and conversions.

    leads               stg_raw__crm_leads without those that were deleted
    changes             int_status_changes of these
    kept_history        since when the CRM keeps changes (starts_at)
    conversions_of_day  by lead converted on a day, when that day it was said to be qualified (said_at)
    stage_map, knowledge, first_syncs
                        as stage_map, first_knowledge and stg_raw__first_syncs -#}
{% macro crm_lead_signals(leads, changes, kept_history, conversions_of_day, stage_map, knowledge, first_syncs) -%}
{# Salesforce, which keeps the history of a field for 18 months, is the shortest. #}
{%- set history_kept_days = 540 -%}
{%- set is_merged_lead = 'coalesce(crm_leads.merged_into_lead_id != crm_leads.lead_id, false)' -%}
select
    'status:' || history_id as signal_id,
    lead_id,
    new_value as raw_status,
    cast(null as string) as fixed_stage,
    changed_at as occurred_at,
    loaded_at,
    coalesce(old_value, '') = '' as is_initial,
    moment_number

from {{ changes }} as status_changes

where new_value is not null and new_value != ''

union all

{# The history may start after the lead: its first change tells what the
   status was until then. Since when, it tells only where the lead was made after
   the history began: for an older one, nothing but a status that leads start
   with is as old as the record. #}
select
    'first_status:' || crm_leads.lead_id as signal_id,
    crm_leads.lead_id,
    status_changes.old_value as raw_status,
    cast(null as string) as fixed_stage,
    least(crm_leads.created_at, status_changes.changed_at) as occurred_at,
    crm_leads.first_loaded_at as loaded_at,
    true as is_initial,
    0 as moment_number

from {{ leads }} as crm_leads

inner join {{ changes }} as status_changes
    on
        crm_leads.lead_id = status_changes.lead_id
        and status_changes.change_number = 1

cross join {{ kept_history }} as kept_history

left join {{ stage_map }} as stage_map
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
    'current_status:' || crm_leads.lead_id as signal_id,
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

from {{ leads }} as crm_leads

left join {{ changes }} as status_changes
    on
        crm_leads.lead_id = status_changes.lead_id
        and status_changes.change_number = status_changes.changes

left join {{ knowledge }} as remembered
    on
        {{ fact_key("'crm_leads'", 'crm_leads.lead_id', "'status'", 'lower(crm_leads.status)') }}
        = remembered.fact_key

left join {{ first_syncs_of(first_syncs, 'crm_leads') }} as syncs
    on
        coalesce(crm_leads.source, '') = syncs.synced_source
        and {{ arrival_hour('remembered.first_loaded_at') }} = syncs.synced_hour

left join {{ knowledge }} as merges
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
    'conversion:' || crm_leads.lead_id as signal_id,
    crm_leads.lead_id,
    'Converted' as raw_status,
    'sql' as fixed_stage,
    coalesce(conversions_of_day.said_at, crm_leads.converted_at) as occurred_at,
    crm_leads.loaded_at,
    coalesce(crm_leads.is_converted_on_day, false) as is_initial,
    cast(null as int) as moment_number

from {{ leads }} as crm_leads

left join {{ conversions_of_day }} as conversions_of_day
    on crm_leads.lead_id = conversions_of_day.lead_id

where crm_leads.converted_at is not null
{%- endmacro %}
