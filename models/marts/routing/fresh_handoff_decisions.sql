{# Whom this run decides about, and how likely each was to be handed over: 1 above the
   cut-off, the probability of being drawn below it, 0 where there was no draw. Nothing is
   decided about leads that may not be contacted or that no team serves, nor about those that
   stay with a rep from earlier. #}
with

clock as (

    select * from {{ ref('clock') }}

),

assignments as (

    select * from {{ ref('lead_assignments') }}

),

candidates as (

    select * from {{ ref('int_routing_candidates') }}

),

scores as (

    select * from {{ ref('lead_scores') }}

),

final as (

    select
        cast(assignments.lead_key as string) as lead_key,
        clock.as_of as decided_at,
        cast({{ week_start('clock.as_of') }} as date) as week_date,
        assignments.team_id,
        assignments.stage,
        scores.scored_by,
        scores.score,
        scores.probability,
        scores.points_total,
        scores.model_version,
        coalesce(assignments.exploration_probability, cast(1 as double)) as propensity,
        assignments.owner_id is not null as is_handed_over

    from assignments

    cross join clock

    inner join candidates
        on assignments.lead_key = candidates.lead_key

    inner join scores
        on assignments.lead_key = scores.lead_key

    where
        not candidates.is_running
        and not candidates.is_standing
        and (
            assignments.exploration_probability is not null
            or assignments.owner_id is not null
        )

)

select * from final
