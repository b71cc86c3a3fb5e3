{# The one clock: as_of is the greatest loaded_at in raw unless the variable
   says otherwise, and backfilled_until the first load there is. Tables without
   any time of their own stand at 1970 and do not count. #}
{% set timed_tables = [
    'web_events', 'form_submissions', 'email_events', 'campaign_responses',
    'crm_leads', 'crm_lead_history', 'crm_contacts', 'crm_accounts',
    'crm_opportunities', 'crm_opportunity_history', 'crm_activities',
] %}

with

loads as (

    {% for table in timed_tables %}
    select
        min(arrived_at) as first_loaded_at,
        max(arrived_at) as last_loaded_at

    from {{ ref('base_raw__' ~ table) }}

    where
        reject_reason is null
        and arrived_at > timestamp '1970-01-01 00:00:00'

    union all
    {% endfor %}

    {# Rows that were erased had arrived all the same: what is known of others
       does not change its time because somebody was forgotten. #}
    select
        min(first_loaded_at) as first_loaded_at,
        max(last_loaded_at) as last_loaded_at

    from {{ ref('erased_rows') }}

    where
        raw_table in ('{{ timed_tables | join("', '") }}')
        and first_loaded_at > timestamp '1970-01-01 00:00:00'

),

final as (

    select
        {% if var('as_of') %}
        {{ to_utc("'" ~ var('as_of') ~ "'") }} as as_of,
        {% else %}
        coalesce(max(last_loaded_at), timestamp '1970-01-01 00:00:00') as as_of,
        {% endif %}
        {% if var('backfilled_until') %}
        {{ to_utc("'" ~ var('backfilled_until') ~ "'") }} as backfilled_until
        {% else %}
        coalesce(min(first_loaded_at), timestamp '1970-01-01 00:00:00')
            as backfilled_until
        {% endif %}

    from loads

)

select * from final
