{# One row per identifier that may identify a person, with the component it
   ends up in. A component too large for a person is not glued: each of its
   identifiers stands alone. #}
with

identifiers as (

    select identifier_key
    from {{ ref('identifiers') }}
    where excluded_because is null

),

labels as (

    select
        identifiers.identifier_key,
        coalesce(found.component_key, identifiers.identifier_key) as component_key

    from identifiers

    left join {{ ref('int_identity_labels') }} as found
        on identifiers.identifier_key = found.node_key

),

sizes as (

    select
        component_key,
        count(*) as identifier_count

    from labels

    group by component_key

),

final as (

    select
        labels.identifier_key,
        case
            when sizes.identifier_count > {{ var('max_identifiers_per_person') }}
                then labels.identifier_key
            else labels.component_key
        end as component_key,
        labels.component_key as found_component_key,
        sizes.identifier_count > {{ var('max_identifiers_per_person') }}
            as is_oversize

    from labels

    inner join sizes
        on labels.component_key = sizes.component_key

)

select * from final
