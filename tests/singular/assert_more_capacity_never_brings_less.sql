{# Along the curve of capacities wins never fall, and each further slot adds no more
   than the one before. #}
with

steps as (

    select
        team_id,
        capacity_percent,
        slots,
        expected_wins,
        wins_of_one_more_slot,
        lag(expected_wins) over team_order as wins_before,
        lag(wins_of_one_more_slot) over team_order as next_wins_before

    from {{ ref('capacity_what_if') }}

    where team_id <> 'all'

    window team_order as (
        partition by team_id
        order by capacity_percent
    )

)

select *

from steps

where
    expected_wins < wins_before - 0.000001
    or wins_of_one_more_slot > next_wins_before + 0.000001
