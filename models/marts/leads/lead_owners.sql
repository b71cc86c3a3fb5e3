{# Who owned a CRM lead from when to when: the history of its owner field, with
   the owner there was before the first change, or today's where it never
   changed. #}
with

members as (

    select * from {{ ref('identity_members') }}

),

{{ field_history(
    ref('stg_raw__crm_leads'),
    ref('stg_raw__crm_lead_history'),
    {'owner_id': ['owner_id', 'ownerid', 'owner']}
) }},

final as (

    select
        members.lead_key,
        field_history.lead_id as crm_lead_id,
        {{ person_owner("nullif(field_history.value, '')") }} as owner_id,
        field_history.valid_from as owned_from,
        lead(field_history.valid_from, 1, timestamp '9999-12-31 00:00:00') over (
            partition by field_history.lead_id
            order by field_history.valid_from, field_history.history_id
        ) as owned_to

    from field_history

    inner join members
        on {{ identifier_key('crm_lead', 'field_history.lead_id') }} = members.identifier_key

)

select * from final
