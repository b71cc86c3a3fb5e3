{# A raw row is accepted, superseded by a later version, or quarantined. #}
select *
from {{ ref('audit_raw_rows') }}
where not is_balanced
