{# What reps thought of a CRM lead, and since when: the history of its rating, with
   the rating there was before the first change. Without a history only today's
   rating is known, and not since when. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

{{ field_history(
    ref('stg_raw__crm_leads'), ref('stg_raw__crm_lead_history'), {'rating': ['rating']}
) }},

final as (

    select
        members.lead_key,
        field_history.lead_id as crm_lead_id,
        lower(trim(field_history.value)) as rating,
        field_history.valid_from as rated_at,
        field_history.is_dated,
        field_history.history_id

    from field_history

    inner join members
        on {{ identifier_key('crm_lead', 'field_history.lead_id') }} = members.identifier_key

    where trim(field_history.value) != ''

)

select * from final
