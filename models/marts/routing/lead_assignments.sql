{# Who takes which lead. Step by step, each a model of its own:
   1. leads that stay with their rep (int_routing_kept) leave open slots (int_rep_open_slots);
   2. the others queue by value for the open slots of their team on the day that is
      handed out, less what is drawn at random below the cut-off (int_*_choices);
   3. those that fit go to the rep who has the lead or its account where that rep has
      a slot, and are spread evenly otherwise (int_*_assignments). Leads of an account go
      to one rep (int_account_picks where it has none) and wait for a slot of that rep.
   Every order ends in a key, so the same rows give the same owners. #}
with

clock as (

    select * from {{ ref('clock') }}

),

candidates as (

    select * from {{ ref('int_routing_candidates') }}

),

kept as (

    select * from {{ ref('int_routing_kept') }}

),

team_days as (

    select * from {{ ref('team_days') }}

),

choices as (

    select * from {{ ref('int_two_slot_choices') }}

    union all

    select * from {{ ref('int_one_slot_choices') }}

),

assignments as (

    select * from {{ ref('int_two_slot_assignments') }}

    union all

    select * from {{ ref('int_one_slot_assignments') }}

),

owned as (

    select
        candidates.lead_key,
        candidates.stage,
        candidates.scored_by,
        candidates.priority_rank,
        candidates.score,
        candidates.slots,
        candidates.handoff_at,
        candidates.handoff_due_at,
        case when kept.owner_id is not null then candidates.standing_since_at end
            as standing_since_at,
        case when kept.owner_id is not null then candidates.standing_due_at end
            as standing_due_at,
        coalesce(choices.team_id, candidates.team_id) as team_id,
        candidates.routing_rule_id,
        candidates.reassigned_because,
        candidates.blocked_reason,
        choices.left_out_because,
        choices.exploration_probability,
        coalesce(kept.owner_id, assignments.owner_id) as owner_id,
        case
            when kept.owner_id is not null and candidates.preference = 'customer_account'
                then candidates.preference
            when kept.owner_id is not null then 'kept_owner'
            else assignments.assignment_reason
        end as assignment_reason,
        coalesce(kept.takes_new_slot, assignments.owner_id is not null) as takes_new_slot,
        {# Drawn today, or drawn before and still with its rep. #}
        coalesce(kept.is_drawn_before, choices.is_exploration, false)
            as is_exploration

    from candidates

    left join kept
        on candidates.lead_key = kept.lead_key

    left join choices
        on candidates.lead_key = choices.lead_key

    left join assignments
        on candidates.lead_key = assignments.lead_key

),

final as (

    select
        owned.lead_key,
        owned.stage,
        owned.scored_by,
        owned.score,
        owned.priority_rank,
        owned.slots,
        owned.team_id,
        owned.routing_rule_id,
        owned.owner_id,
        case
            when owned.is_exploration then 'exploration'
            else owned.assignment_reason
        end as assignment_reason,
        owned.reassigned_because,
        case
            when owned.owner_id is not null then null
            when owned.blocked_reason is not null then owned.blocked_reason
            when
                owned.left_out_because
                in ('no_experienced_slot', 'day_cap', 'account_owner_full')
                then owned.left_out_because
            {# Marketing has qualified it, or nobody has a slot: sales is short. #}
            when owned.stage = 'mql' or owned.left_out_because = 'no_slot'
                then 'over_capacity'
            else 'below_cutoff'
        end as reason_code,
        owned.is_exploration,
        owned.exploration_probability,
        owned.takes_new_slot,
        case
            when owned.owner_id is not null
                then cast(row_number() over (
                    partition by owned.owner_id
                    order by owned.priority_rank, owned.lead_key
                ) as int)
        end as assigned_rank,
        case
            when owned.owner_id is null then null
            when owned.takes_new_slot then coalesce(owned.standing_since_at, clock.as_of)
            else owned.handoff_at
        end as assigned_at,
        case
            when owned.owner_id is null then null
            when not owned.takes_new_slot then owned.handoff_due_at
            when owned.standing_due_at is not null then owned.standing_due_at
            else {{ team_day('due_at', 'clock.as_of') }}
        end as due_at

    from owned

    cross join clock

    {{ join_team_day('team_days', 'owned.team_id') }}

)

select * from final

order by lead_key
