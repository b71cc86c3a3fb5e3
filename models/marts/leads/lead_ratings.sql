{# What reps thought of a CRM lead, and since when: the history of its rating, with
   the rating there was before the first change. Without a history only today's
   rating is known, and not since when. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

crm_leads as (

    select * from {{ ref('stg_raw__crm_leads') }}

),

changes as (

    select
        history_id,
        lead_id,
        old_value,
        new_value,
        changed_at,
        row_number() over (
            partition by lead_id
            order by changed_at, history_id
        ) as change_number

    from {{ ref('stg_raw__crm_lead_history') }}

    where lower(field_name) = 'rating'

),

rated as (

    select
        crm_leads.lead_id,
        case
            when changes.lead_id is not null then changes.old_value
            else crm_leads.rating
        end as rating,
        crm_leads.created_at as rated_at,
        changes.lead_id is not null as is_dated,
        '' as history_id

    from crm_leads

    left join changes
        on
            crm_leads.lead_id = changes.lead_id
            and changes.change_number = 1

    union all

    select
        lead_id,
        new_value as rating,
        changed_at as rated_at,
        true as is_dated,
        history_id

    from changes

),

final as (

    select
        members.lead_key,
        rated.lead_id as crm_lead_id,
        lower(trim(rated.rating)) as rating,
        rated.rated_at,
        rated.is_dated,
        rated.history_id

    from rated

    inner join members
        on {{ identifier_key('crm_lead', 'rated.lead_id') }} = members.identifier_key

    where rated.rating is not null and trim(rated.rating) != ''

)

select * from final
