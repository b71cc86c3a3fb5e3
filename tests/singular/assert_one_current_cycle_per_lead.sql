select lead_key

from {{ ref('fct_lead_cycles') }}

group by lead_key

having sum(case when is_current then 1 else 0 end) != 1
