{# What routing rules can ask of a lead, in one key: rules are matched once for each
   combination there is, not once for each lead. Of the score only the highest
   min_score that it reaches matters. #}
with

leads as (

    select * from {{ ref('dim_leads') }}

),

scores as (

    select
        lead_key,
        score

    from {{ ref('lead_scores') }}

),

languages as (

    select
        {{ seed_text('country_code') }} as country_code,
        {{ seed_text('language') }} as language

    from {{ ref('country_languages') }}

),

score_steps as (

    select distinct coalesce(cast(min_score as double), 0) as score_step

    from {{ ref('routing_rules') }}

),

reached_steps as (

    select
        distinct_scores.score,
        max(score_steps.score_step) as score_step

    from (select distinct score from scores) as distinct_scores

    inner join score_steps
        on distinct_scores.score >= score_steps.score_step

    group by distinct_scores.score

),

described as (

    select
        leads.lead_key,
        coalesce(leads.country_code, '') as country_code,
        coalesce(leads.segment, '') as segment,
        coalesce(leads.top_topic, '') as topic,
        coalesce(languages.language, '') as language,
        {# A lead without a score reaches no step but the lowest. #}
        coalesce(reached_steps.score_step, cast(0 as double)) as score_step

    from leads

    left join languages
        on leads.country_code = languages.country_code

    left join scores
        on leads.lead_key = scores.lead_key

    left join reached_steps
        on scores.score = reached_steps.score

),

final as (

    select
        *,
        country_code || '|' || segment || '|' || topic || '|' || language
        || '|' || {{ fixed_text('score_step', 6) }} as combination_key

    from described

)

select * from final
