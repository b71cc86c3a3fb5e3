{{ config(group='scoring') }}

{# By model, what the features add to the average lead's logit is the logit, whose
   probability is the score; by points, strengths are the points. #}
select
    scores.lead_key,
    scores.probability,
    reasons.strengths

from {{ ref('lead_scores') }} as scores

inner join {{ ref('int_lead_contributions') }} as contributions
    on scores.lead_key = contributions.lead_key

left join (
    select
        lead_key,
        sum(strength) as strengths

    from {{ ref('lead_score_reasons') }}

    group by lead_key
) as reasons
    on scores.lead_key = reasons.lead_key

where
    coalesce(case
        when scores.scored_by = 'points'
            then abs(coalesce(reasons.strengths, 0) - scores.points_total) < 1e-4
        else
            abs(scores.probability - {{ logistic('contributions.logit') }}) < 1e-9
            and abs(
                contributions.average_logit - contributions.logit
                {%- for feature in feature_list() %}
                + contributions.strength_{{ feature.name }}
                {%- endfor %}
            ) < 1e-9
    end, 1 = 0) = (1 = 0)
