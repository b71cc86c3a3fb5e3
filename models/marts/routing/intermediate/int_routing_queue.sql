{# The leads in the queue for slots, and what each is worth: every candidate that
   nothing forbids and that does not stay with its rep. #}
with

candidates as (

    select * from {{ ref('int_routing_candidates') }}
    where blocked_reason is null

),

kept as (

    select lead_key from {{ ref('int_routing_kept') }}

),

final as (

    select
        candidates.lead_key,
        candidates.team_id,
        candidates.slots,
        candidates.experience_level,
        candidates.priority_rank,
        candidates.preferred_owner_id,
        candidates.preference,
        {# Amounts do not differ between leads; without a model, points speak. #}
        round(
            greatest(coalesce(candidates.probability, candidates.points_total), 0), 9
        ) as worth

    from candidates

    left join kept
        on candidates.lead_key = kept.lead_key

    where kept.lead_key is null

)

select * from final
