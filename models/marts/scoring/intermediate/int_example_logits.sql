{# What the champion says of the training examples that anything asks for: each handoff at its
   moment, and those whose outcome was not known yet when it was trained. Here for all who ask,
   because planning its terms is most of the work. #}
with

champion as (

    select * from {{ ref('int_champion') }}

),

asked_examples as (

    select examples.*

    from {{ ref('fct_training_examples') }} as examples

    inner join champion
        on
            examples.example_kind = 'handoff'
            or ({{ is_new_outcome('examples', 'champion') }})

    {# Few of many: sorted, they stand together, and DuckDB goes through the terms once for two
       thousand of them. Where they were picked, it would for each handful. #}
    order by examples.lead_key

),

contributions as (

    {{ lead_contributions(
        'select model_version from ' ~ ref('int_champion'),
        'asked_examples',
        source('ml', 'model_terms')
    ) }}

),

final as (

    select
        lead_key,
        as_of,
        model_version,
        logit

    from contributions

    where model_version is not null

)

select * from final
