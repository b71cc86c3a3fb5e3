{# What the champion said of each handoff at its moment. #}
with

handoff_examples as (

    select * from {{ ref('fct_training_examples') }}
    where example_kind = 'handoff'

),

contributions as (

    {{ lead_contributions(
        'select model_version from ' ~ ref('int_champion'),
        'handoff_examples',
        source('ml', 'model_terms')
    ) }}

),

final as (

    select
        handoff_examples.lead_key,
        handoff_examples.cycle_number,
        {{ logistic('contributions.logit') }} as probability

    from handoff_examples

    inner join contributions
        on
            handoff_examples.lead_key = contributions.lead_key
            and handoff_examples.as_of = contributions.as_of

    where contributions.model_version is not null

)

select * from final
