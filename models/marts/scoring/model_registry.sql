with

versions as (

    select * from {{ source('ml', 'model_versions') }}

),

champion as (

    select * from {{ ref('int_champion') }}

),

terms as (

    select
        model_version,
        count(*) as term_count

    from {{ source('ml', 'model_terms') }}

    where kind not in ('average', 'reach')

    group by model_version

),

final as (

    select
        versions.model_version,
        versions.as_of,
        versions.label_horizon_days,
        versions.label_policy,
        versions.train_from,
        versions.train_until,
        versions.test_from,
        versions.test_until,
        versions.train_examples,
        versions.train_wins,
        versions.test_examples,
        versions.test_wins,
        coalesce(terms.term_count, 0) as term_count,
        versions.fingerprint,
        champion.model_version is not null as is_scoring,
        coalesce(versions.gate_passed, false) as gate_passed,
        versions.gate_reason

    from versions

    left join champion
        on versions.model_version = champion.model_version

    left join terms
        on versions.model_version = terms.model_version

)

select * from final
