{# One row per person with a cycle: the points of its current cycle at as_of. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

thresholds as (

    select
        max(case when name = 'fit_a' then cast(value as double) end) as fit_a,
        max(case when name = 'fit_b' then cast(value as double) end) as fit_b,
        max(case when name = 'fit_c' then cast(value as double) end) as fit_c

    from {{ ref('points_thresholds') }}

),

ledger as (

    select * from {{ ref('int_points_ledger') }}

),

current_cycles as (

    select
        lead_key,
        max(cycle_number) as cycle_number

    from {{ ref('int_cycles') }}

    group by lead_key

),

behavior as (

    select
        ledger.lead_key,
        sum({{ decayed('ledger.points', 'ledger.half_life_days', 'ledger.occurred_at', 'clock.as_of') }})
            as points

    from ledger

    inner join current_cycles
        on
            ledger.lead_key = current_cycles.lead_key
            and ledger.cycle_number = current_cycles.cycle_number

    cross join clock

    where ledger.dimension = 'behavior' and ledger.occurred_at <= clock.as_of

    group by ledger.lead_key

),

fit as (

    select
        lead_key,
        sum(points) as points

    from ledger

    where dimension = 'fit'

    group by lead_key

),

summed as (

    select
        current_cycles.lead_key,
        current_cycles.cycle_number,
        round(coalesce(behavior.points, cast(0 as double)), 6) as points_behavior,
        round(coalesce(fit.points, cast(0 as double)), 6) as points_fit

    from current_cycles

    left join behavior
        on current_cycles.lead_key = behavior.lead_key

    left join fit
        on current_cycles.lead_key = fit.lead_key

),

final as (

    select
        summed.lead_key,
        summed.cycle_number,
        summed.points_behavior,
        summed.points_fit,
        round(summed.points_behavior + summed.points_fit, 6) as points_total,
        case
            when summed.points_fit >= thresholds.fit_a then 'A'
            when summed.points_fit >= thresholds.fit_b then 'B'
            when summed.points_fit >= thresholds.fit_c then 'C'
            else 'D'
        end as fit_grade

    from summed

    cross join thresholds

)

select * from final
