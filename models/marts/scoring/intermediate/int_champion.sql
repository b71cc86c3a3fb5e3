{# The version that scores: the champion, the latest one should there ever be several. #}
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

final as (

    select
        model_version,
        as_of,
        label_horizon_days,
        label_policy

    from champions

    where recency_rank = 1

)

select * from final
