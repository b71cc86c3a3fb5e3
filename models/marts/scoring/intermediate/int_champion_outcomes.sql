{# What the champion said of leads whose outcome was not settled yet when it was
   trained, and what came of them. Examples of leads that sales never worked say
   nothing about the champion, unless it was trained to count them as lost. #}
with

champion as (

    select * from {{ ref('int_champion') }}

),

fresh_examples as (

    select examples.*

    from {{ ref('fct_training_examples') }} as examples

    inner join champion
        on examples.label_known_at > champion.as_of

    where
        examples.is_won is not null
        and (
            champion.label_policy = 'all'
            or coalesce(examples.is_worked, true)
        )

),

contributions as (

    {{ lead_contributions(
        'select model_version from ' ~ ref('int_champion'),
        'fresh_examples',
        source('ml', 'model_terms')
    ) }}

),

final as (

    select
        fresh_examples.lead_key,
        fresh_examples.as_of,
        contributions.model_version,
        cast(fresh_examples.is_won as int) as won,
        fresh_examples.points_total,
        fresh_examples.days_since_cycle_start,
        {{ logistic('contributions.logit') }} as probability

    from fresh_examples

    inner join contributions
        on
            fresh_examples.lead_key = contributions.lead_key
            and fresh_examples.as_of = contributions.as_of

    where contributions.model_version is not null

)

select * from final
