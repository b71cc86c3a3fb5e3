{{ config(materialized='table') }}

{# Read some fifty times, and each time it would look up when each record was first known. #}
{# A conversion without a time of day comes after what else happened that day. #}
{{ accepted_rows(
    ref('base_raw__crm_leads'),
    record_columns('crm_leads') | reject('equalto', 'converted_at') | list + [
        latest_time('converted_at', 'loaded_at') ~ ' as converted_at',
        is_day_without_time('converted_at') ~ ' as is_converted_on_day',
    ],
    known=[ref('first_knowledge'), 'crm_leads', 'lead_id'],
    synced=[ref('stg_raw__first_syncs'), 'crm_leads'],
) }}
