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
        on {{ is_new_outcome('examples', 'champion') }}

    where
        champion.label_policy = 'all'
        or coalesce(examples.is_worked, true)

),

logits as (

    select * from {{ ref('int_example_logits') }}

),

final as (

    select
        fresh_examples.lead_key,
        fresh_examples.as_of,
        logits.model_version,
        cast(fresh_examples.is_won as int) as won,
        fresh_examples.points_total,
        fresh_examples.days_since_cycle_start,
        {{ logistic('logits.logit') }} as probability

    from fresh_examples

    inner join logits
        on
            fresh_examples.lead_key = logits.lead_key
            and fresh_examples.as_of = logits.as_of

)

select * from final
