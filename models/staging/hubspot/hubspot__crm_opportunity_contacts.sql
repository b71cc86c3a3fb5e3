{# HubSpot knows no first contact of a deal: the one that was made first is. #}
with

deals as (

    {{ tool_rows('hubspot', ['deal', 'deals'], {
        'opportunity_id': ['deal_id', 'id', 'hs_object_id', 'Record ID', 'Record ID - Deal'],
        'contact_ids': ['contacts', 'associations__associatedvids', 'Associated Contact IDs'],
    }) }}

),

deal_contacts as (

    {{ tool_rows('hubspot', ['deal_contact', 'deal_contacts', 'contact_deal'], {
        'opportunity_id': ['deal_id'],
        'lead_id': ['contact_id'],
        'role': ['label', 'association_label'],
    }) }}

),

listed as (

    select
        source,
        opportunity_id,
        {{ words('contact_ids') }} as lead_id,
        loaded_at

    from deals

    where contact_ids is not null

),

people as (

    select
        source,
        opportunity_id,
        lead_id,
        max(role) as role,
        min(coalesce(is_removed, 'false')) as is_deleted,
        max(loaded_at) as loaded_at

    from (
        select
            source,
            opportunity_id,
            lead_id,
            role,
            is_removed,
            loaded_at

        from deal_contacts

        union all

        select
            source,
            opportunity_id,
            lead_id,
            cast(null as string) as role,
            cast(null as string) as is_removed,
            loaded_at

        from listed

        where lead_id != ''
    ) as told

    group by source, opportunity_id, lead_id

),

{# Ids are numbers that grow. #}
final as (

    select
        source,
        opportunity_id,
        lead_id,
        role,
        case
            when row_number() over (
                partition by source, opportunity_id
                order by is_deleted, length(lead_id), lead_id
            ) = 1 and is_deleted = 'false' then 'true'
            else 'false'
        end as is_primary,
        is_deleted,
        loaded_at

    from people

)

select * from final
