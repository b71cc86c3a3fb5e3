{# One row per identifier that may identify a person, with the component it
   ends up in: the rounds' parents, one after the other. A component too large
   for a person is not glued: each of its identifiers stands alone. #}
{% set rounds = range(1, 9) %}

with

identifiers as (

    select identifier_key
    from {{ ref('identifiers') }}
    where excluded_because is null

),

{% for round in rounds %}
parents_{{ round }} as (

    {{ round_parents(ref('int_identity_round_' ~ round)) }}

),

{% endfor %}

{% for round in rounds %}
{% set before = 'identifiers' if loop.first else 'labels_' ~ (round - 1) %}
{% set label = 'identifier_key' if loop.first else 'component_key' %}
labels_{{ round }} as (

    select
        {{ before }}.identifier_key,
        coalesce(parents_{{ round }}.parent_key, {{ before }}.{{ label }})
            as component_key

    from {{ before }}

    left join parents_{{ round }}
        on {{ before }}.{{ label }} = parents_{{ round }}.node_key

),

{% endfor %}

sizes as (

    select
        component_key,
        count(*) as identifier_count

    from labels_{{ rounds | last }}

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

    from labels_{{ rounds | last }} as labels

    inner join sizes
        on labels.component_key = sizes.component_key

)

select * from final
