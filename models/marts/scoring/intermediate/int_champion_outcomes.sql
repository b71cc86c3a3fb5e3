{# What the champion said of leads whose outcome was not settled yet when it was
   trained, and what came of them. Examples of leads that sales never worked say
   nothing about the champion, unless it was trained to count them as lost. #}
with

champion as (

    {{ champion_model() }}

),

versions as (

    select * from {{ source('ml', 'model_versions') }}

),

fresh_examples as (

    select examples.*

    from {{ ref('fct_training_examples') }} as examples

    inner join versions
        on examples.label_known_at > versions.as_of

    inner join champion
        on versions.model_version = champion.model_version

    where
        examples.is_won is not null
        and (
            versions.label_policy = 'all'
            or coalesce(examples.is_worked, true)
        )

),

contributions as (

    {{ lead_contributions(
        champion_model(), 'fresh_examples', source('ml', 'model_terms')
    ) }}

),

final as (

    select
        fresh_examples.lead_key,
        fresh_examples.as_of,
        contributions.model_version,
        cast(fresh_examples.is_won as int) as won,
        fresh_examples.points_total,
        {{ logistic('contributions.logit') }} as probability

    from fresh_examples

    inner join contributions
        on
            fresh_examples.lead_key = contributions.lead_key
            and fresh_examples.as_of = contributions.as_of

    where contributions.model_version is not null

)

select * from final
