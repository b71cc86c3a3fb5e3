{# What the model of the last published run would say of each lead as it is today.
   Empty where that model still scores, or points did then. #}
with

previous_version as (

    select max(previous.model_version) as model_version

    from ({{ previous_scores(source('sync', 'published_scores'), ref('clock')) }}) as previous

    left join {{ ref('int_champion') }} as champion
        on previous.model_version = champion.model_version

    where champion.model_version is null

    having max(previous.model_version) is not null

),

contributions as (

    {{ lead_contributions(
        'select model_version from previous_version',
        ref('fct_lead_features'),
        source('ml', 'model_terms')
    ) }}

),

final as (

    select
        lead_key,
        logit

    from contributions

    where model_version is not null

)

select * from final
