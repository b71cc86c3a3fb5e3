{# What the rep thought of the lead at the moment of each example: the bench holds
   the reps' judgement to the same moments as points and model. #}
with

examples as (

    select
        lead_key,
        as_of,
        cycle_number

    from {{ ref('fct_training_examples') }}

),

cycles as (

    select
        lead_key,
        cycle_number,
        started_at

    from {{ ref('fct_lead_cycles') }}

),

ratings as (

    select * from {{ ref('lead_ratings') }} where is_dated

),

ranked as (

    select
        examples.lead_key,
        examples.as_of,
        ratings.rating as rep_rating,
        ratings.rated_at,
        row_number() over (
            partition by examples.lead_key, examples.as_of
            order by
                ratings.rated_at desc,
                ratings.history_id desc,
                ratings.crm_lead_id,
                ratings.rating
        ) as recency_rank

    from examples

    inner join cycles
        on
            examples.lead_key = cycles.lead_key
            and examples.cycle_number = cycles.cycle_number

    {# A rating of an earlier cycle was about another handoff. #}
    inner join ratings
        on
            examples.lead_key = ratings.lead_key
            and examples.as_of >= ratings.rated_at
            and cycles.started_at <= ratings.rated_at

),

final as (

    select
        lead_key,
        as_of,
        rep_rating,
        rated_at

    from ranked

    where recency_rank = 1

)

select * from final
order by lead_key, as_of
