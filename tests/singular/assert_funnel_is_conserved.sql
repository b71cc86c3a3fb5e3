{# Whoever entered a stage advanced, left in one of three ways, or is still
   there. #}
select
    dimension,
    dimension_value,
    stage

from {{ ref('funnel_conversion') }}

where entered != advanced + lost + recycled + disqualified + open
