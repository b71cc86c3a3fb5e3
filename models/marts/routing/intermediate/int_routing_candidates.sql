{# What the assignment needs to know of each lead that could be handed over: its
   team, the experience it asks for, whom it stays with and what forbids a handoff. #}
with

pool as (

    select * from {{ ref('int_routing_pool') }}

),

owners as (

    select * from {{ ref('int_routing_owners') }}

),

policy as (

    select * from {{ ref('contact_policy') }}

),

reps as (

    select * from {{ ref('reps') }}

),

combinations as (

    select
        lead_key,
        combination_key

    from {{ ref('int_lead_combinations') }}

),

first_matches as (

    select * from {{ ref('int_routing_matches') }}
    where is_first_match

),

never_cells as (

    select upper({{ seed_text('cell') }}) as cell
    from {{ ref('points_cells') }}
    where {{ seed_text('hands_over') }} = 'never'

),

staffed_teams as (

    select distinct team_id from reps
    where is_available

),

final as (

    select
        pool.lead_key,
        pool.crm_lead_id,
        pool.account_key,
        pool.is_customer_account,
        pool.is_customer_asking,
        pool.stage,
        pool.cycle_number,
        pool.scored_by,
        pool.priority_rank,
        pool.score,
        pool.probability,
        pool.points_total,
        pool.expected_value,
        pool.slots,
        pool.handoff_at,
        pool.handoff_due_at,
        owners.preferred_owner_id,
        owners.preference,
        owners.reassigned_because,
        coalesce(preferred_reps.team_id, first_matches.team_id) as team_id,
        first_matches.rule_id as routing_rule_id,
        {# Who knows the lead or its account keeps it, whatever the rule asks for. #}
        case
            when first_matches.min_experience_level is null then 1
            when preferred_reps.rep_id is null
                then first_matches.min_experience_level
            else least(
                first_matches.min_experience_level,
                preferred_reps.experience_level
            )
        end as experience_level,
        owners.is_running,
        owners.is_standing,
        owners.is_drawn_before,
        owners.standing_since_at,
        owners.standing_due_at,
        case
            when not policy.has_email and not policy.has_phone
                then 'not_reachable'
            when not policy.may_email and not policy.may_call then 'suppressed'
            {# A model knows more than two sums, and who is MQL was handed over by somebody. #}
            when
                never_cells.cell is not null
                and pool.scored_by = 'points'
                and pool.stage = 'inquiry'
                then 'cell_never'
            when coalesce(preferred_reps.team_id, first_matches.team_id) is null
                then 'no_team'
            when
                preferred_reps.team_id is null
                and staffed_teams.team_id is null then 'no_rep'
        end as blocked_reason

    from pool

    inner join owners
        on pool.lead_key = owners.lead_key

    inner join policy
        on pool.lead_key = policy.lead_key

    left join never_cells
        on pool.grid_cell = never_cells.cell

    left join combinations
        on pool.lead_key = combinations.lead_key

    left join first_matches
        on combinations.combination_key = first_matches.combination_key

    left join reps as preferred_reps
        on owners.preferred_owner_id = preferred_reps.rep_id

    left join staffed_teams
        on first_matches.team_id = staffed_teams.team_id

)

select * from final
