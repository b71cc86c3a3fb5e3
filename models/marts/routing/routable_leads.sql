{# What a job that hands leads over needs, and nothing that names a person. #}
with

assignments as (

    select * from {{ ref('lead_assignments') }}

),

scores as (

    select * from {{ ref('lead_scores') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

policy as (

    select * from {{ ref('contact_policy') }}

),

next_content as (

    select * from {{ ref('lead_next_content') }}

),

final as (

    select
        assignments.lead_key,
        leads.crm_lead_id,
        assignments.owner_id,
        assignments.team_id,
        assignments.routing_rule_id,
        assignments.assignment_reason,
        assignments.is_exploration,
        assignments.assigned_rank,
        assignments.due_at,
        scores.stage,
        scores.score,
        scores.score_band,
        scores.probability,
        scores.expected_value,
        scores.points_total,
        scores.fit_grade,
        scores.grid_cell,
        scores.scored_by,
        scores.model_version,
        scores.reason_1,
        scores.reason_2,
        scores.reason_3,
        policy.may_call,
        policy.may_email,
        next_content.content_id as next_content_id

    from assignments

    inner join scores
        on assignments.lead_key = scores.lead_key

    inner join leads
        on assignments.lead_key = leads.lead_key

    inner join policy
        on assignments.lead_key = policy.lead_key

    left join next_content
        on assignments.lead_key = next_content.lead_key

    where assignments.owner_id is not null

)

select * from final

order by lead_key
