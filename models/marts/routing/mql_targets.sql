{# Marketing's target by week, beside the MQLs that came. The target is what was published in
   the week: who was there to take leads in a week of the past is not kept, so no other
   week has one. The present week has the present run's, until one was published.
   An MQL counts for the team of the rep who had it: rules that are changed today leave the
   weeks in which it had one as they were. #}
{% set columns = published_target_columns().keys() | list %}

with

clock as (

    select * from {{ ref('clock') }}

),

published as (

    select
        {%- for name in columns %}
        targets.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ source('sync', 'published_targets') }} as targets

    cross join clock

    where targets.as_of < clock.as_of

),

targets as (

    select * from published

    union all

    select
        cast({{ week_start('plan.as_of') }} as date) as week_date,
        {%- for name in columns if name != 'week_date' %}
        plan.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ ref('capacity_plan') }} as plan

    where
        cast({{ week_start('plan.as_of') }} as date)
        not in (select published.week_date from published)

),

first_matches as (

    select * from {{ ref('int_routing_matches') }}
    where is_first_match

),

mqls as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        bounds.next_started_at,
        cast({{ week_start('cycles.marketing_mql_at') }} as date) as week_date

    from {{ ref('fct_lead_cycles') }} as cycles

    inner join {{ ref('cycle_bounds') }} as bounds
        on
            cycles.lead_key = bounds.lead_key
            and cycles.cycle_number = bounds.cycle_number

    where cycles.marketing_mql_at is not null

),

{# A run that is built again must find what it found: what it published itself is no
   news to it. #}
assignments as (

    select
        assigned.lead_key,
        assigned.owner_id,
        {# Within the day, after the run that it is remembered with. #}
        greatest(assigned.as_of, coalesce(assigned.assigned_at, assigned.as_of)) as given_at

    from {{ source('sync', 'published_assignments') }} as assigned

    cross join clock

    where assigned.as_of < clock.as_of

),

assigned_mqls as (

    select
        mqls.lead_key,
        mqls.cycle_number,
        assignments.owner_id,
        assignments.given_at

    from mqls

    inner join assignments
        on
            cast(mqls.lead_key as string) = assignments.lead_key
            and assignments.given_at >= mqls.started_at
            and assignments.given_at < mqls.next_started_at

),

first_assignments as (

    {{ first_rows('assigned_mqls', by='lead_key, cycle_number', order_by='given_at, owner_id') }}

),

{# Whom routing gave it to first, else who had it in the CRM. Of one that nobody had, only
   the rules of today say whose it would be. #}
placed as (

    select
        mqls.week_date,
        coalesce(
            assigned_reps.team_id, owners.team_id, first_matches.team_id, '(null)'
        ) as team_id

    from mqls

    left join first_assignments
        on
            mqls.lead_key = first_assignments.lead_key
            and mqls.cycle_number = first_assignments.cycle_number

    left join {{ ref('reps') }} as assigned_reps
        on first_assignments.owner_id = assigned_reps.rep_id

    left join {{ ref('fct_handoffs') }} as handoffs
        on
            mqls.lead_key = handoffs.lead_key
            and mqls.cycle_number = handoffs.cycle_number

    left join {{ ref('reps') }} as owners
        on handoffs.owner_id = owners.rep_id

    left join {{ ref('int_lead_combinations') }} as combinations
        on mqls.lead_key = combinations.lead_key

    left join first_matches
        on combinations.combination_key = first_matches.combination_key

),

{# One scope a team, and one for all of them together. #}
arrived as (

    select
        week_date,
        team_id,
        count(*) as mqls

    from placed

    group by week_date, team_id

    union all

    select
        week_date,
        'all' as team_id,
        count(*) as mqls

    from placed

    group by week_date

),

weeks as (

    select
        week_date,
        team_id

    from arrived

    union distinct

    select
        week_date,
        team_id

    from targets

),

final as (

    select
        weeks.week_date,
        weeks.team_id,
        {{ add_days('cast(weeks.week_date as timestamp)', 7) }} <= clock.as_of as is_over,
        targets.as_of as planned_at,
        targets.weekly_capacity,
        targets.target_mqls,
        targets.expected_mqls,
        targets.expected_mqls_low,
        targets.expected_mqls_high,
        cast(coalesce(arrived.mqls, 0) as bigint) as mqls,
        case
            when {{ add_days('cast(weeks.week_date as timestamp)', 7) }} <= clock.as_of
                then cast(coalesce(arrived.mqls, 0) as double) / nullif(targets.target_mqls, 0)
        end as attainment

    from weeks

    cross join clock

    left join targets
        on
            weeks.week_date = targets.week_date
            and weeks.team_id = targets.team_id

    left join arrived
        on
            weeks.week_date = arrived.week_date
            and weeks.team_id = arrived.team_id

)

select * from final
order by week_date, team_id
