{# Statuses are compared without regard to case: two lines of
   seeds/crm_status_map.csv for one status would tell each change twice. #}
select
    object_type,
    lower(raw_status) as raw_status,
    count(*) as lines

from {{ ref('stage_map') }}

group by object_type, lower(raw_status)

having count(*) > 1
