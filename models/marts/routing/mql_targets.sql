{# Marketing's target by week, beside the MQLs that came. The target is what was published in
   the week: who was there to take leads in a week of the past is not kept, so no other
   week has one. The present week has the present run's, until one was published. #}
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
        first_matches.team_id,
        cast({{ week_start('cycles.marketing_mql_at') }} as date) as week_date

    from {{ ref('fct_lead_cycles') }} as cycles

    inner join {{ ref('dim_leads') }} as leads
        on cycles.lead_key = leads.lead_key

    inner join {{ ref('int_lead_combinations') }} as combinations
        on cycles.lead_key = combinations.lead_key

    inner join first_matches
        on combinations.combination_key = first_matches.combination_key

    where
        cycles.marketing_mql_at is not null
        and not leads.is_internal
        and not leads.is_deleted

),

{# One scope a team, and one for all of them together. #}
arrived as (

    select
        week_date,
        team_id,
        count(*) as mqls

    from mqls

    group by week_date, team_id

    union all

    select
        week_date,
        'all' as team_id,
        count(*) as mqls

    from mqls

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
