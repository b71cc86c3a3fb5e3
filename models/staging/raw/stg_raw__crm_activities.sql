{# An activity without a time of day comes after what else happened that day: sales
   did not touch a lead before it was there. #}
{{ accepted_rows(
    ref('base_raw__crm_activities'),
    [activity_event_key() ~ ' as event_key']
    + raw_columns('crm_activities') | reject('equalto', 'occurred_at') | list
    + [
        latest_time('occurred_at', 'loaded_at') ~ ' as occurred_at',
        is_day_without_time('occurred_at') ~ ' as is_day_only',
    ],
    without_deleted=true,
    synced=[ref('stg_raw__first_syncs'), 'crm_activities'],
) }}
