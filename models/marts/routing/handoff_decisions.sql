{# Every decision to hand a lead over or not, with its probability and what came of it: one a
   week, that of its first published run, and the present run's where its week has
   none. Who was erased since, or has turned out to be somebody else, is not here. #}
{% set columns = handoff_decision_columns().keys() | list %}

with

clock as (

    select * from {{ ref('clock') }}

),

leads as (

    select
        lead_key,
        cast(lead_key as string) as lead_key_text

    from {{ ref('dim_leads') }}

),

wins as (

    select * from {{ ref('lead_wins') }}

),

published as (

    select
        {%- for name in columns %}
        decisions.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ source('sync', 'handoff_decisions_log') }} as decisions

    cross join clock

    where decisions.decided_at < clock.as_of

),

published_weeks as (

    select distinct week_date from published

),

present as (

    select
        {%- for name in columns %}
        decisions.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from {{ ref('fresh_handoff_decisions') }} as decisions

    left join published_weeks
        on decisions.week_date = published_weeks.week_date

    where published_weeks.week_date is null

),

decisions as (

    select * from published

    union all

    select * from present

),

outcomes as (

    select
        leads.lead_key,
        decisions.decided_at,
        max(case when wins.lead_key is null then 0 else 1 end) = 1 as is_won

    from decisions

    inner join leads
        on decisions.lead_key = leads.lead_key_text

    left join wins
        on
            leads.lead_key = wins.lead_key
            and wins.won_at > decisions.decided_at
            and {{ is_in_horizon('wins.won_at', 'decisions.decided_at') }}

    group by leads.lead_key, decisions.decided_at

),

final as (

    select
        leads.lead_key,
        {%- for name in columns if name != 'lead_key' %}
        decisions.{{ name }},
        {%- endfor %}
        decisions.propensity < 1 and decisions.is_handed_over as is_exploration,
        {# An early win is no sooner known than an early loss. #}
        case
            when not {{ is_mature('decisions.decided_at', 'clock.as_of') }} then 'immature'
            when outcomes.is_won then 'won'
            else 'not_won'
        end as label_state

    from decisions

    cross join clock

    inner join leads
        on decisions.lead_key = leads.lead_key_text

    inner join outcomes
        on
            leads.lead_key = outcomes.lead_key
            and decisions.decided_at = outcomes.decided_at

)

select * from final

order by lead_key, decided_at
