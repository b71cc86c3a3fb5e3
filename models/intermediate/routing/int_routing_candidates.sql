{# The leads that could be handed to a rep now: open, not yet in the hands of
   sales. With what decides where each goes: an owner to stay with, the team by
   rule, and what forbids a handoff. #}
with

clock as (

    select * from {{ ref('int_clock') }}

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

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

reps as (

    select * from {{ ref('int_reps') }}

),

acknowledgements as (

    {{ latest_acknowledgements() }}

),

crm_leads as (

    select
        lead_id,
        owner_id,
        updated_at

    from {{ ref('stg_raw__crm_leads') }}

),

languages as (

    select
        {{ seed_text('country_code') }} as country_code,
        {{ seed_text('language') }} as language

    from {{ ref('country_languages') }}

),

rules as (

    select
        cast(priority as int) as priority,
        {{ seed_text('rule_id') }} as rule_id,
        {{ seed_text('country_code') }} as country_code,
        {{ seed_text('segment') }} as segment,
        {{ seed_text('topic') }} as topic,
        {{ seed_text('language') }} as language,
        coalesce(cast(min_score as double), 0) as min_score,
        {{ seed_text('team_id') }} as team_id

    from {{ ref('routing_rules') }}

),

{# The latest handoff of the lead's present cycle. #}
current_handoffs as (

    select *

    from (
        select
            *,
            row_number() over (
                partition by lead_key, cycle_number
                order by handoff_at desc, handoff_key
            ) as recency

        from handoffs
    ) as ranked_handoffs

    where recency = 1

),

current_cycles as (

    select
        lead_key,
        max(started_at) as started_at

    from cycles

    where is_current

    group by lead_key

),

candidates as (

    select
        scores.lead_key,
        leads.crm_lead_id,
        leads.account_key,
        scores.stage,
        scores.cycle_number,
        scores.scored_by,
        scores.priority_rank,
        scores.score,
        scores.probability,
        scores.points_total,
        scores.expected_value,
        coalesce(leads.country_code, '') as country_code,
        coalesce(leads.segment, '') as segment,
        coalesce(leads.top_topic, '') as topic,
        leads.owner_id as crm_owner_id,
        current_handoffs.handoff_at,
        policy.may_email,
        policy.may_call,
        policy.has_email,
        policy.has_phone

    from scores

    inner join leads
        on scores.lead_key = leads.lead_key

    inner join policy
        on scores.lead_key = policy.lead_key

    left join current_handoffs
        on
            scores.stage = 'mql'
            and scores.lead_key = current_handoffs.lead_key
            and scores.cycle_number = current_handoffs.cycle_number

    left join current_cycles
        on scores.lead_key = current_cycles.lead_key

    where
        scores.stage in ('inquiry', 'mql')
        and not leads.is_internal
        and not leads.is_deleted
        and not leads.is_customer
        and current_handoffs.first_sales_touch_at is null
        and (
            leads.last_sales_touch_at is null
            or leads.last_sales_touch_at < coalesce(
                current_handoffs.handoff_at, current_cycles.started_at
            )
        )

),

{# Rules are matched once per distinct combination, not once per lead. #}
combinations as (

    select distinct
        candidates.country_code,
        candidates.segment,
        candidates.topic,
        coalesce(languages.language, '') as language,
        candidates.score

    from candidates

    left join languages
        on candidates.country_code = languages.country_code

),

matched_rules as (

    select
        combinations.country_code,
        combinations.segment,
        combinations.topic,
        combinations.score,
        rules.rule_id,
        rules.team_id,
        row_number() over (
            partition by
                combinations.country_code, combinations.segment,
                combinations.topic, combinations.score
            order by rules.priority, rules.rule_id
        ) as match_rank

    from combinations

    inner join rules
        on
            rules.country_code in ('', combinations.country_code)
            and rules.segment in ('', combinations.segment)
            and rules.topic in ('', combinations.topic)
            and rules.language in ('', combinations.language)
            and combinations.score >= rules.min_score

),

available_reps as (

    select
        rep_id,
        team_id

    from reps

    where is_available

),

staffed_teams as (

    select distinct team_id from available_reps

),

{# Who in sales knows the account: the owner that the CRM gives it, else the
   available rep with most of its leads that sales works on or has won. #}
named_owners as (

    select
        lead_accounts.lead_key,
        crm_accounts.owner_id

    from {{ ref('int_lead_accounts') }} as lead_accounts

    inner join {{ ref('stg_raw__crm_accounts') }} as crm_accounts
        on lead_accounts.crm_account_id = crm_accounts.account_id

    inner join available_reps
        on crm_accounts.owner_id = available_reps.rep_id

),

account_owners as (

    select
        account_key,
        owner_id

    from (
        select
            leads.account_key,
            leads.owner_id,
            row_number() over (
                partition by leads.account_key
                order by count(*) desc, leads.owner_id
            ) as owner_rank

        from leads

        inner join available_reps
            on leads.owner_id = available_reps.rep_id

        where
            leads.account_key is not null
            and not leads.is_deleted
            and (
                leads.is_customer
                or leads.current_stage in ('sal', 'sql', 'closed_won')
            )

        group by leads.account_key, leads.owner_id
    ) as ranked_owners

    where owner_rank = 1

),

{# What the CRM took from us in the last seven days and may not yet show; unless
   somebody has changed the record since and given it to somebody else. #}
standing_owners as (

    select
        acknowledgements.crm_lead_id,
        acknowledgements.owner_id,
        coalesce(acknowledgements.is_exploration, false) as is_exploration

    from acknowledgements

    inner join crm_leads
        on acknowledgements.crm_lead_id = crm_leads.lead_id

    cross join clock

    where
        acknowledgements.owner_id is not null
        and acknowledgements.acknowledged_at > {{ add_days('clock.as_of', -7) }}
        and acknowledgements.acknowledged_at <= clock.as_of
        and (
            crm_leads.owner_id = acknowledgements.owner_id
            or coalesce(crm_leads.updated_at <= acknowledgements.acknowledged_at, true)
        )

),

owners as (

    select
        candidates.*,
        crm_owners.rep_id as own_owner_id,
        standing_reps.rep_id as standing_owner_id,
        standing_owners.is_exploration,
        known_reps.rep_id as account_owner_id,
        {# Handed over within the week and not overdue for longer: its slot is
           counted already. #}
        coalesce(
            candidates.handoff_at > {{ add_days('clock.as_of', -7) }}, false
        ) as is_running

    from candidates

    cross join clock

    left join available_reps as crm_owners
        on candidates.crm_owner_id = crm_owners.rep_id

    left join standing_owners
        on candidates.crm_lead_id = standing_owners.crm_lead_id

    left join available_reps as standing_reps
        on standing_owners.owner_id = standing_reps.rep_id

    left join account_owners
        on candidates.account_key = account_owners.account_key

    left join named_owners
        on candidates.lead_key = named_owners.lead_key

    left join available_reps as known_reps
        on
            coalesce(named_owners.owner_id, account_owners.owner_id)
            = known_reps.rep_id

),

teams as (

    select
        owners.*,
        matched_rules.rule_id as routing_rule_id,
        {# An mql whose rep let the week pass is overdue: it is dealt anew, and
           not back to that rep because the account is theirs too. #}
        case
            when owners.stage = 'mql' and not owners.is_running
                then coalesce(
                    owners.standing_owner_id,
                    case
                        when
                            owners.account_owner_id
                            is distinct from owners.crm_owner_id
                            then owners.account_owner_id
                    end
                )
            else coalesce(
                owners.standing_owner_id,
                owners.own_owner_id,
                owners.account_owner_id
            )
        end as preferred_owner_id,
        matched_rules.team_id as rule_team_id

    from owners

    left join matched_rules
        on
            owners.country_code = matched_rules.country_code
            and owners.segment = matched_rules.segment
            and owners.topic = matched_rules.topic
            and owners.score = matched_rules.score
            and matched_rules.match_rank = 1

),

final as (

    select
        teams.lead_key,
        teams.crm_lead_id,
        teams.stage,
        teams.cycle_number,
        teams.scored_by,
        teams.priority_rank,
        teams.score,
        teams.probability,
        teams.points_total,
        teams.expected_value,
        teams.handoff_at,
        teams.preferred_owner_id,
        case
            when teams.preferred_owner_id is null then null
            when
                teams.preferred_owner_id in (
                    teams.standing_owner_id, teams.own_owner_id
                )
                then 'kept_owner'
            else 'known_account_owner'
        end as preference,
        coalesce(preferred_reps.team_id, teams.rule_team_id) as team_id,
        teams.routing_rule_id,
        coalesce(
            teams.is_running
            and teams.preferred_owner_id = teams.own_owner_id,
            false
        ) as is_running,
        coalesce(
            teams.preferred_owner_id = teams.standing_owner_id, false
        ) as is_standing,
        {# Drawn at random once: the mark stays with the lead. #}
        coalesce(
            teams.is_exploration
            and teams.preferred_owner_id = teams.standing_owner_id,
            false
        ) as is_drawn_before,
        case
            when not teams.has_email and not teams.has_phone
                then 'not_reachable'
            when not teams.may_email and not teams.may_call then 'suppressed'
            when coalesce(preferred_reps.team_id, teams.rule_team_id) is null
                then 'no_team'
            when
                preferred_reps.team_id is null
                and staffed_teams.team_id is null then 'no_rep'
        end as blocked_reason

    from teams

    left join available_reps as preferred_reps
        on teams.preferred_owner_id = preferred_reps.rep_id

    left join staffed_teams
        on teams.rule_team_id = staffed_teams.team_id

)

select * from final
