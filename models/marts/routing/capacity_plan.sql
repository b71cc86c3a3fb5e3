{# What the coming week's free slots mean: the cut-off they set, what is expected
   at it, and what a little more would bring. #}
with

clock as (

    select * from {{ ref('clock') }}

),

teams as (

    select
        {{ seed_text('team_id') }} as team_id,
        {{ seed_text('name') }} as team_name

    from {{ ref('sales_teams') }}

),

rep_slots as (

    select * from {{ ref('int_rep_slots') }}

),

assignments as (

    select * from {{ ref('lead_assignments') }}

),

scores as (

    select * from {{ ref('lead_scores') }}

),

arrivals as (

    select * from {{ ref('int_expected_arrivals') }}

),

curve as (

    select * from {{ ref('int_capacity_curve') }}

),

efforts as (

    select * from {{ ref('int_lead_efforts') }}

),

trained_levels as (

    {{ trained_levels(source('ml', 'model_metrics')) | indent(4) }}

),

{# What is known now of the level for the version in charge: as in forecast_backtest, by its
   training, by the weeks it was tested on, and by those published since. #}
known_now as (

    select
        max(trained.level_variance) as level_variance,
        sum({{ level_excess('settled.wins', 'settled.expected_wins', 'settled.wins_variance') }})
            as excess,
        sum({{ level_weight('settled.wins_variance') }}) as weight

    from {{ ref('model_registry') }} as registry

    left join trained_levels as trained
        on registry.model_version = trained.model_version

    left join {{ ref('forecast_backtest') }} as settled
        on
            settled.wins is not null
            and {{ tells_of_level('settled', 'registry.model_version', 'registry.test_until') | indent(12) }}

    where registry.is_scoring

),

levels as (

    select
        {{ level_deviation('level_variance', 'excess', 'weight') | indent(8) }} as level_deviation

    from known_now

),

all_teams as (

    select
        team_id,
        max(team_name) as team_name

    from (
        select
            team_id,
            team_name

        from teams

        union all

        select
            team_id,
            cast(null as string) as team_name

        from rep_slots

        where team_id is not null

        union all

        select
            team_id,
            cast(null as string) as team_name

        from assignments

        where team_id is not null
    ) as named_teams

    group by team_id

),

{# One scope a team, and one for all of them together. #}
scopes as (

    select
        team_id as scope,
        team_name as scope_name,
        team_id

    from all_teams

    union all

    select
        'all' as scope,
        'All teams' as scope_name,
        team_id

    from all_teams

),

scope_names as (

    select
        scope,
        max(scope_name) as scope_name

    from scopes

    group by scope

),

capacities as (

    select
        scopes.scope,
        sum(case when rep_slots.is_available then 1 else 0 end) as reps_active,
        sum(case
            when rep_slots.is_available then rep_slots.weekly_capacity else 0
        end) as weekly_capacity,
        sum(rep_slots.slots_taken) as slots_taken,
        sum(rep_slots.free_slots) as free_slots,
        sum(rep_slots.free_slots_today) as free_slots_today

    from rep_slots

    inner join scopes
        on rep_slots.team_id = scopes.team_id

    group by scopes.scope

),

routed as (

    select
        scopes.scope,
        assignments.lead_key,
        assignments.owner_id,
        assignments.slots,
        efforts.effort_from,
        assignments.takes_new_slot,
        assignments.is_exploration,
        coalesce(assignments.reason_code, '') in (
            'over_capacity', 'below_cutoff', 'day_cap', 'no_experienced_slot',
            'account_owner_full'
        ) as is_left_out,
        scores.probability,
        scores.expected_value,
        scores.priority_rank

    from assignments

    inner join scopes
        on assignments.team_id = scopes.team_id

    inner join scores
        on assignments.lead_key = scores.lead_key

    left join efforts
        on assignments.lead_key = efforts.lead_key

),

ordered as (

    select
        *,
        {# 1 is the first lead that does not fit. #}
        row_number() over (
            partition by scope, is_left_out
            order by priority_rank, lead_key
        ) as rank_left_out

    from routed

),

outlooks as (

    select
        scope,
        count(*) as candidates,
        {# The first in the alphabet is the better one. #}
        min(effort_from) as effort_from,
        sum(case when owner_id is not null then 1 else 0 end) as assigned_leads,
        sum(case when takes_new_slot then 1 else 0 end) as new_handoffs,
        sum(case when takes_new_slot then slots else 0 end) as new_slots,
        sum(case when owner_id is not null then probability end)
            as expected_wins,
        sum(case when owner_id is not null then probability * (1 - probability) end)
            as wins_variance,
        sum(case when owner_id is not null and probability is not null then 1 else 0 end)
            as scored_leads,
        sum(case when owner_id is not null then expected_value end)
            as expected_value,
        max(case when is_left_out and rank_left_out = 1 then probability end)
            as wins_of_one_more_slot,
        max(case when is_left_out and rank_left_out = 1 then expected_value end)
            as value_of_one_more_slot,
        sum(case
            when
                is_left_out
                and rank_left_out <= {{ var('default_weekly_capacity') }}
                then probability
        end) as wins_of_one_more_rep,
        sum(case
            when
                is_left_out
                and rank_left_out <= {{ var('default_weekly_capacity') }}
                then expected_value
        end) as value_of_one_more_rep

    from ordered

    group by scope

),

reaches as (

    select
        outlooks.*,
        {{ promise_reach('outlooks.wins_variance', 'levels.level_deviation') }} as reach

    from outlooks

    cross join levels

),

{# Slots that are given now to leads that are not drawn at random. #}
given_slots as (

    select
        team_id,
        sum(slots) as slots

    from assignments

    where takes_new_slot and not is_exploration

    group by team_id

),

cutoffs as (

    select
        curve.team_id,
        {%- for name in cutoff_values() %}
        {{ cutoff(name, 'given_slots.slots') }} as cutoff_{{ name }},
        {{ cutoff(name, 'capacities.free_slots', weeks=true) }} as week_cutoff_{{ name }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}

    from curve

    left join given_slots
        on curve.team_id = given_slots.team_id

    left join capacities
        on curve.team_id = capacities.scope

    group by curve.team_id

),

{# Of all teams, those of the team that goes furthest down. #}
scope_cutoffs as (

    select
        scopes.scope,
        {%- for name in cutoff_values() %}
        min(cutoffs.cutoff_{{ name }}) as cutoff_{{ name }},
        min(cutoffs.week_cutoff_{{ name }}) as week_cutoff_{{ name }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}

    from cutoffs

    inner join scopes
        on cutoffs.team_id = scopes.team_id

    group by scopes.scope

),

final as (

    select
        scope_names.scope as team_id,
        coalesce(scope_names.scope_name, scope_names.scope) as team_name,
        clock.as_of,
        cast(coalesce(capacities.reps_active, 0) as int) as reps_active,
        cast(coalesce(capacities.weekly_capacity, 0) as int) as weekly_capacity,
        cast(coalesce(capacities.slots_taken, 0) as int) as slots_taken,
        cast(coalesce(capacities.free_slots, 0) as int) as free_slots,
        cast(coalesce(capacities.free_slots_today, 0) as int) as free_slots_today,
        cast(coalesce(outlooks.candidates, 0) as bigint) as candidates,
        cast(coalesce(outlooks.assigned_leads, 0) as bigint) as assigned_leads,
        cast(coalesce(outlooks.new_handoffs, 0) as bigint) as new_handoffs,
        cast(coalesce(outlooks.new_slots, 0) as bigint) as new_slots,
        outlooks.effort_from,
        round(
            cast(coalesce(capacities.slots_taken, 0) + coalesce(outlooks.new_slots, 0) as double)
            / nullif(capacities.weekly_capacity, 0),
            6
        ) as utilisation,
        coalesce(arrivals.expected_leads, 0) as expected_arrivals,
        arrivals.expected_leads_low as expected_arrivals_low,
        arrivals.expected_leads_high as expected_arrivals_high,
        {# Marketing's target: what sales can take, in MQLs. #}
        cast(floor(round(
            coalesce(capacities.weekly_capacity, 0)
            / coalesce(arrivals.expected_mql_slots / nullif(arrivals.expected_mqls, 0), 1),
            6
        )) as int) as target_mqls,
        coalesce(arrivals.expected_mqls, 0) as expected_mqls,
        arrivals.expected_mqls_low,
        arrivals.expected_mqls_high,
        cast(scope_cutoffs.cutoff_score as int) as cutoff_score,
        scope_cutoffs.cutoff_probability,
        scope_cutoffs.cutoff_points,
        cast(scope_cutoffs.week_cutoff_score as int) as week_cutoff_score,
        scope_cutoffs.week_cutoff_probability,
        scope_cutoffs.week_cutoff_points,
        round(outlooks.expected_wins, 6) as expected_wins,
        case
            when outlooks.expected_wins is not null
                then round(greatest(outlooks.expected_wins - outlooks.reach, 0), 6)
        end as expected_wins_low,
        case
            when outlooks.expected_wins is not null
                then round(least(outlooks.expected_wins + outlooks.reach, outlooks.scored_leads), 6)
        end as expected_wins_high,
        round(outlooks.expected_value, 2) as expected_value,
        outlooks.wins_of_one_more_slot,
        outlooks.value_of_one_more_slot,
        round(outlooks.wins_of_one_more_rep, 6) as wins_of_one_more_rep,
        round(outlooks.value_of_one_more_rep, 2) as value_of_one_more_rep

    from scope_names

    cross join clock

    left join capacities
        on scope_names.scope = capacities.scope

    left join reaches as outlooks
        on scope_names.scope = outlooks.scope

    left join scope_cutoffs
        on scope_names.scope = scope_cutoffs.scope

    left join arrivals
        on scope_names.scope = arrivals.team_id

)

select * from final

order by team_id
