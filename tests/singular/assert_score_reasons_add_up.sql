{# Strengths and the average lead's logit are the logit; by points, strengths
   are the points. #}
select
    scores.lead_key,
    scores.logit,
    sum(reasons.strength) as strengths

from {{ ref('lead_scores') }} as scores

left join {{ ref('lead_score_reasons') }} as reasons
    on scores.lead_key = reasons.lead_key

group by
    scores.lead_key,
    scores.scored_by,
    scores.logit,
    scores.average_logit,
    scores.points_total

having
    coalesce(abs(
        coalesce(sum(reasons.strength), 0)
        + case
            when scores.scored_by = 'model'
                then scores.average_logit - scores.logit
            else -scores.points_total
        end
    ), 1) > case when scores.scored_by = 'model' then 1e-9 else 1e-4 end
