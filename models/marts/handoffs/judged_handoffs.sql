{# One row per handoff of which it is known whether sales followed it up, and what it is cut by. #}
with

clock as (

    select * from {{ ref('clock') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

final as (

    select
        handoffs.handoff_key,
        handoffs.lead_key,
        handoffs.cycle_number,
        handoffs.handoff_at,
        handoffs.handed_over_by,
        handoffs.owner_id,
        handoffs.team_id,
        handoffs.score_band,
        handoffs.sales_touches,
        handoffs.speed_to_lead_seconds,
        handoffs.speed_to_lead_business_seconds,
        handoffs.is_in_black_hole,
        handoffs.black_hole_cause,
        {{ handoff_cuts('handoffs', 'leads') }},
        leads.industry,
        leads.country_code,
        leads.job_level,
        {{ is_mature('handoffs.handoff_at', 'clock.as_of') }} as is_mature,
        case
            when handoffs.handoff_at >= observability.wins_observable_from
                then {{ is_in_horizon('cycles.closed_won_at', 'handoffs.handoff_at') }}
        end as is_won_in_horizon

    from {{ ref('fct_handoffs') }} as handoffs

    inner join leads
        on handoffs.lead_key = leads.lead_key

    inner join cycles
        on
            handoffs.lead_key = cycles.lead_key
            and handoffs.cycle_number = cycles.cycle_number

    inner join {{ ref('lead_observability') }} as observability
        on handoffs.lead_key = observability.lead_key

    cross join clock

    where handoffs.is_judged

)

select * from final
