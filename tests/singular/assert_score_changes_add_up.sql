{# What explains a change of points or probability explains all of it. #}
select *

from {{ ref('score_changes') }}

where
    abs(
        points_change
        - points_from_new_events - points_from_decay - points_from_cycle_reset
        - points_from_fit - points_from_identity - points_from_rules
        - points_from_corrections
    ) > 0.000000001
    or abs(points - coalesce(previous_points, 0) - points_change) > 0.000001
    or abs(probability_change - probability_from_lead - probability_from_model)
    > 0.000000001
