{# One row per person with a cycle: the points of its current cycle at as_of. #}
with

thresholds as (

    {{ threshold_row(ref('points_thresholds'), grid_thresholds()) }}

),

spine as (

    select
        cycles.lead_key,
        clock.as_of,
        max(cycles.cycle_number) as cycle_number

    from {{ ref('cycle_bounds') }} as cycles

    cross join {{ ref('clock') }} as clock

    group by cycles.lead_key, clock.as_of

),

{{ points_at(ref('points_ledger'), 'spine') }},

final as (

    select
        spine.lead_key,
        spine.cycle_number,
        points_at.points_behavior,
        points_at.points_fit,
        points_at.points_total,
        {{ fit_grade('points_at.points_fit', 'thresholds') }} as fit_grade,
        {{ grid_cell('points_at.points_fit', 'points_at.points_behavior', 'thresholds') }}
            as grid_cell

    from spine

    inner join points_at
        on spine.lead_key = points_at.lead_key

    cross join thresholds

)

select * from final
