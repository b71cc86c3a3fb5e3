{# Who owned a CRM lead from when to when: the history of its owner field, with
   the owner there was before the first change, or today's where it never
   changed. Where contacts are leads, also who owns a contact that was none. #}
{% set owner_fields = ['owner_id', 'ownerid', 'owner'] %}

{# Named in any case, so that dbt knows of it before the variable says to read it. #}
{% set crm_contacts = ref('stg_raw__crm_contacts') %}

with

members as (

    select * from {{ ref('identity_members') }}

),

known_owners as (

    select rep_id as owner_id
    from {{ ref('stg_raw__crm_reps') }}

    union distinct

    select owner_id
    from {{ ref('stg_raw__crm_leads') }}
    where owner_id is not null

),

judged_changes as (

    select
        *,
        case
            when
                new_value in (select owner_id from known_owners)
                or old_value in (select owner_id from known_owners)
                then 2
            when coalesce(new_value, '') like '% %' or coalesce(old_value, '') like '% %'
                then 0
            else 1
        end as likeness

    from {{ ref('stg_raw__crm_lead_history') }}

    where lower(field_name) in ({{ literals(owner_fields) }})

),

{# Salesforce writes each change of an owner twice, with names and with ids. Of changes
   of one moment, those count that look most like ids. #}
owner_changes as (

    select judged_changes.*
    from judged_changes

    inner join (
        select
            lead_id,
            changed_at,
            max(likeness) as likeness

        from judged_changes

        group by lead_id, changed_at
    ) as moments
        on
            judged_changes.lead_id = moments.lead_id
            and judged_changes.changed_at = moments.changed_at
            and judged_changes.likeness = moments.likeness

),

{{ field_history(
    ref('stg_raw__crm_leads'),
    'owner_changes',
    {'owner_id': owner_fields}
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

    {% if var('contacts_are_leads') %}
    union all

    select
        members.lead_key,
        contacts.contact_id as crm_lead_id,
        {{ person_owner('contacts.owner_id') }} as owner_id,
        contacts.created_at as owned_from,
        timestamp '9999-12-31 00:00:00' as owned_to

    from {{ crm_contacts }} as contacts

    inner join members
        on {{ identifier_key('crm_contact', 'contacts.contact_id') }} = members.identifier_key

    where members.lead_key not in (
        select lead_key
        from members
        where identifier_type = 'crm_lead'
    )
    {% endif %}

)

select * from final
