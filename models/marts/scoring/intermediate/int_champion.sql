{# The version that scores: the champion, the latest one should there ever be several; and how
   many cycles of customers it could have learnt from, and how old the others were. #}
with

champions as (

    select
        *,
        row_number() over (
            order by as_of desc, model_version desc
        ) as recency_rank

    from {{ source('ml', 'model_versions') }}

    where is_champion

),

champion as (

    select * from champions
    where recency_rank = 1

),

expansions as (

    select distinct
        examples.lead_key,
        examples.cycle_number,
        champion.model_version

    from champion

    inner join {{ ref('fct_training_examples') }} as examples
        on
            examples.is_won is not null
            and examples.label_known_at <= champion.as_of

    inner join {{ ref('fct_lead_cycles') }} as cycles
        on
            examples.lead_key = cycles.lead_key
            and examples.cycle_number = cycles.cycle_number
            and cycles.is_customer_asking

),

counted as (

    select
        model_version,
        count(*) as expansion_cycles

    from expansions

    group by model_version

),

reaches as (

    select
        model_version,
        max(knot_upper) as longest_age_days

    from {{ source('ml', 'model_terms') }}

    where
        kind = 'reach'
        and feature = 'days_since_cycle_start'

    group by model_version

),

final as (

    select
        champion.model_version,
        champion.as_of,
        champion.label_horizon_days,
        champion.label_policy,
        cast(coalesce(counted.expansion_cycles, 0) as bigint) as expansion_cycles,
        reaches.longest_age_days

    from champion

    left join counted
        on champion.model_version = counted.model_version

    left join reaches
        on champion.model_version = reaches.model_version

)

select * from final
