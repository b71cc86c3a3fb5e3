{# Why two identifiers belong to one person, and since when that was known. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

web_events as (

    select * from {{ ref('stg_raw__web_events') }}

),

campaign_responses as (

    select * from {{ ref('stg_raw__campaign_responses') }}

),

crm_leads as (

    select * from {{ ref('stg_raw__crm_leads') }}

),

crm_contacts as (

    select * from {{ ref('stg_raw__crm_contacts') }}

),

excluded as (

    select identifier_key
    from {{ ref('int_identifiers') }}
    where is_excluded

),

observed as (

    select
        {{ identifier_key('email', 'email') }} as left_key,
        {{ identifier_key('user', 'user_id') }} as right_key,
        'identify_call' as link_reason,
        occurred_at,
        first_loaded_at

    from web_events

    where email is not null and user_id is not null

    union all

    select
        {{ identifier_key('email', 'email') }} as left_key,
        {{ identifier_key('crm_lead', 'crm_lead_id') }} as right_key,
        'campaign_response' as link_reason,
        occurred_at,
        first_loaded_at

    from campaign_responses

    where email is not null and crm_lead_id is not null

    union all

    select
        {{ identifier_key('email', 'email') }} as left_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as right_key,
        'crm_lead_email' as link_reason,
        created_at as occurred_at,
        first_loaded_at

    from crm_leads

    where email is not null

    union all

    select
        {{ identifier_key('crm_contact', 'converted_contact_id') }} as left_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as right_key,
        'lead_conversion' as link_reason,
        coalesce(converted_at, updated_at, created_at) as occurred_at,
        loaded_at as first_loaded_at

    from crm_leads

    where converted_contact_id is not null

    union all

    select
        {{ identifier_key('crm_lead', 'merged_into_lead_id') }} as left_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as right_key,
        'lead_merge' as link_reason,
        coalesce(updated_at, created_at) as occurred_at,
        loaded_at as first_loaded_at

    from crm_leads

    where merged_into_lead_id is not null and merged_into_lead_id != lead_id

    union all

    select
        {{ identifier_key('email', 'email') }} as left_key,
        {{ identifier_key('crm_contact', 'contact_id') }} as right_key,
        'crm_contact_email' as link_reason,
        created_at as occurred_at,
        first_loaded_at

    from crm_contacts

    where email is not null

),

final as (

    select
        {{ key(['observed.left_key', 'observed.right_key', 'observed.link_reason']) }}
            as link_key,
        observed.left_key,
        observed.right_key,
        observed.link_reason,
        min(observed.occurred_at) as occurred_at,
        min({{ known_at('observed.occurred_at', 'observed.first_loaded_at') }})
            as known_at,
        count(*) as observation_count

    from observed

    cross join clock

    left join excluded as excluded_left
        on observed.left_key = excluded_left.identifier_key

    left join excluded as excluded_right
        on observed.right_key = excluded_right.identifier_key

    where
        excluded_left.identifier_key is null
        and excluded_right.identifier_key is null

    group by 1, 2, 3, 4

)

select * from final
