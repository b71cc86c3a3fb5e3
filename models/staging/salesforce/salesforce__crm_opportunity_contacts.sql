with

roles as (

    {{ tool_rows('salesforce', ['opportunity_contact_role', 'opportunity_contact_roles'], {
        'role_id': ['id'],
        'opportunity_id': ['opportunity_id'],
        'contact_id': ['contact_id'],
        'role': ['role', 'Contact Role'],
        'is_primary': ['is_primary', 'Primary'],
    }) }}

),

{# A contact may have several roles in one deal, each a row with a key of its own. #}
ranked as (

    select
        *,
        row_number() over (
            partition by source, opportunity_id, contact_id
            order by
                case when is_removed = 'true' then 1 else 0 end,
                case when {{ says_yes('is_primary') }} then 0 else 1 end,
                role_id
        ) as role_rank

    from roles

),

final as (

    select
        source,
        opportunity_id,
        contact_id,
        role,
        is_primary,
        is_removed as is_deleted,
        loaded_at

    from ranked

    where role_rank = 1

)

select * from final
