{# Where a cycle's behaviour points first stand at the threshold while the fit is good
   enough, or in a cell of the grid that hands over: the lead is marketing-qualified by points from that moment. That is an
   award, or the moment at which the fit became known. Who has earned a rule that
   blocks (a competitor, a student, a job seeker) is not handed over by points.
   One row per cycle that gets there. #}
{% set written_cells = ref('points_cells') %}
{% if var('points_cells_file') and execute %}
{% set written_cells = points_cells_file() %}
{% endif %}

with

edges as (

    {{ threshold_row(
        ref('points_thresholds'), ['behavior', 'mql_min_fit'] + grid_thresholds()
    ) }}

),

cells as (

    select
        upper({{ seed_text('cell') }}) as cell,
        {{ seed_text('hands_over') }} as hands_over

    from {{ written_cells }} as written_cells

),

{# Below the lowest edge at which anything hands over, nothing is looked at. #}
thresholds as (

    select
        edges.behavior,
        edges.mql_min_fit,
        {%- for edge in grid_thresholds() %}
        edges.{{ edge }},
        {%- endfor %}
        min(case
            when cells.hands_over = 'mql'
                then case substr(cells.cell, 2, 1)
                    when '1' then least(edges.behavior_1, edges.behavior)
                    when '2' then least(edges.behavior_2, edges.behavior)
                    when '3' then least(edges.behavior_3, edges.behavior)
                    else cast(-1e9 as double)
                end
            else edges.behavior
        end) as lowest_behavior

    from edges

    left join cells
        on cells.cell != ''

    group by
        edges.behavior,
        edges.mql_min_fit,
        {%- for edge in grid_thresholds() %}
        edges.{{ edge }}{{ ',' if not loop.last }}
        {%- endfor %}

),

{# The ledger is read where it is needed: kept as a CTE, all of it would be written down. #}
at_awards as (

    select
        ledger.ledger_entry_key,
        ledger.lead_key,
        ledger.cycle_number,
        ledger.occurred_at as reached_at,
        ledger.balance_known_at as known_at,
        ledger.event_key,
        ledger.balance as points_behavior

    from {{ ref('points_ledger') }} as ledger

    cross join thresholds

    {# Rounded before the cut: sums of doubles differ in their last digits. #}
    where
        ledger.dimension = 'behavior'
        and ledger.entry_type = 'award'
        and round(ledger.balance, 6) >= thresholds.lowest_behavior

),

fit_awards as (

    select
        ledger.ledger_entry_key,
        ledger.lead_key,
        ledger.occurred_at as reached_at,
        cycles.cycle_number

    from {{ ref('points_ledger') }} as ledger

    inner join {{ ref('cycle_bounds') }} as cycles
        on
            ledger.lead_key = cycles.lead_key
            and ledger.occurred_at >= cycles.started_at
            and ledger.occurred_at < cycles.next_started_at

    inner join (
        select distinct
            lead_key,
            cycle_number

        from at_awards
    ) as crossing_cycles
        on
            cycles.lead_key = crossing_cycles.lead_key
            and cycles.cycle_number = crossing_cycles.cycle_number

    where ledger.dimension = 'fit' and ledger.points > 0

),

{# Few moments with all entries, and many with the few of fit: neither grows with the
   square of what a lead does. #}
{{ points_at(
    ref('points_ledger'), 'fit_awards', 'reached_at', name='points_at_fit'
) }},

{{ points_at(
    ref('points_ledger'), 'at_awards', 'reached_at', dimensions=['fit'], name='fit_at_awards'
) }},

candidates as (

    select
        at_awards.ledger_entry_key,
        at_awards.lead_key,
        at_awards.cycle_number,
        at_awards.reached_at,
        at_awards.known_at,
        at_awards.event_key,
        at_awards.points_behavior,
        fit_at_awards.points_fit

    from at_awards

    inner join fit_at_awards
        on
            at_awards.lead_key = fit_at_awards.lead_key
            and at_awards.reached_at = fit_at_awards.reached_at

    union all

    select
        fit_awards.ledger_entry_key,
        fit_awards.lead_key,
        fit_awards.cycle_number,
        fit_awards.reached_at,
        fit_awards.reached_at as known_at,
        {{ no_key() }} as event_key,
        points_at_fit.points_behavior,
        points_at_fit.points_fit

    from fit_awards

    inner join points_at_fit
        on
            fit_awards.lead_key = points_at_fit.lead_key
            and fit_awards.reached_at = points_at_fit.reached_at

    cross join thresholds

    where points_at_fit.points_behavior >= thresholds.lowest_behavior

),

placed as (

    select
        candidates.*,
        {{ grid_cell('candidates.points_fit', 'candidates.points_behavior', 'thresholds') }}
            as grid_cell,
        round(candidates.points_behavior, 6) >= thresholds.behavior
        and candidates.points_fit >= thresholds.mql_min_fit as is_at_threshold

    from candidates

    cross join thresholds

),

{# The first moment that blocks: of fit for good, of behaviour for the cycle. #}
blocks as (

    select
        lead_key,
        cycle_number,
        min(occurred_at) as blocked_at

    from {{ ref('points_ledger') }}

    where blocks_mql

    group by lead_key, cycle_number

),

ranked as (

    select
        placed.*,
        row_number() over (
            partition by placed.lead_key, placed.cycle_number
            order by placed.reached_at, placed.ledger_entry_key
        ) as crossing_number

    from placed

    left join cells
        on placed.grid_cell = cells.cell

    left join blocks as cycle_blocks
        on
            placed.lead_key = cycle_blocks.lead_key
            and placed.cycle_number = cycle_blocks.cycle_number

    left join blocks as lead_blocks
        on
            placed.lead_key = lead_blocks.lead_key
            and lead_blocks.cycle_number is null

    where
        case cells.hands_over
            when 'mql' then true
            when 'never' then false
            else placed.is_at_threshold
        end
        and (
            cycle_blocks.blocked_at is null
            or cycle_blocks.blocked_at > placed.reached_at
        )
        and (
            lead_blocks.blocked_at is null
            or lead_blocks.blocked_at > placed.reached_at
        )

),

final as (

    select
        ledger_entry_key,
        lead_key,
        cycle_number,
        reached_at as occurred_at,
        known_at,
        event_key,
        points_behavior,
        points_fit,
        grid_cell

    from ranked

    where crossing_number = 1

)

select * from final
