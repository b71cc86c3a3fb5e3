{# One row per identifier that may identify a person, with the component it
   ends up in: the rounds' parents, one after the other. #}
{% set rounds = range(1, 9) %}

with

identifiers as (

    select identifier_key
    from {{ ref('int_identifiers') }}
    where not is_excluded

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

final as (

    select * from labels_{{ rounds | last }}

)

select * from final
