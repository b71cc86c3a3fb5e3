{# Reps' own rating of the leads they were handed, against what became of them. #}
with

clock as (

    select * from {{ ref('clock') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

rated as (

    select
        coalesce(
            case
                {# A rating of an earlier cycle was about another handoff. #}
                when
                    handoffs.rep_rated_at is null
                    or handoffs.rep_rated_at >= cycles.started_at
                    then handoffs.rep_rating
            end,
            '(none)'
        ) as rep_rating,
        handoffs.rep_rating is null or handoffs.rep_rated_at is not null as is_dated,
        handoffs.points_at_handoff,
        {{ is_mature('handoffs.handoff_at', 'clock.as_of') }}
        and coalesce(handoffs.handoff_at >= observability.wins_observable_from, false)
            as is_mature,
        {{ is_in_horizon('cycles.closed_won_at', 'handoffs.handoff_at') }}
            as is_won_in_horizon

    from {{ ref('fct_handoffs') }} as handoffs

    inner join cycles
        on
            handoffs.lead_key = cycles.lead_key
            and handoffs.cycle_number = cycles.cycle_number

    inner join {{ ref('lead_observability') }} as observability
        on handoffs.lead_key = observability.lead_key

    cross join clock

    where handoffs.was_told

),

counted as (

    select
        rep_rating,
        is_dated,
        count(*) as handoffs,
        sum(case when is_mature then 1 else 0 end) as mature,
        sum(case when is_mature and is_won_in_horizon then 1 else 0 end) as mature_won,
        avg(points_at_handoff) as average_points

    from rated

    group by rep_rating, is_dated

),

final as (

    select
        rep_rating,
        is_dated,
        cast(handoffs as bigint) as handoffs,
        cast(mature as bigint) as mature,
        cast(mature as double) / handoffs as mature_share,
        cast(mature_won as bigint) as mature_won,
        cast(mature_won as double) / nullif(mature, 0) as win_rate,
        {{ wilson_bound('mature_won', 'mature', 'low') }} as win_rate_low,
        {{ wilson_bound('mature_won', 'mature', 'high') }} as win_rate_high,
        round(average_points, 6) as average_points

    from counted

)

select * from final
order by rep_rating, is_dated
