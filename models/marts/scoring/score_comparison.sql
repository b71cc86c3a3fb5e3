with

comparison as (

    select * from {{ source('ml', 'score_comparison_log') }}

),

champion as (

    {{ champion_model() }}

),

final as (

    select
        {{ key([
            'comparison.model_version', 'comparison.subset',
            'comparison.scorer', 'comparison.metric',
        ]) }} as score_comparison_key,
        comparison.model_version,
        champion.model_version is not null as is_champion,
        comparison.subset,
        comparison.scorer,
        comparison.metric,
        comparison.value,
        comparison.interval_low,
        comparison.interval_high,
        comparison.reference,
        comparison.difference,
        comparison.difference_low,
        comparison.difference_high

    from comparison

    left join champion
        on comparison.model_version = champion.model_version

)

select * from final
