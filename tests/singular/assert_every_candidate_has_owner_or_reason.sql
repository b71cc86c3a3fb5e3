{# Exactly one of the two; and an owner comes with why and until when. #}
select *

from {{ ref('lead_assignments') }}

where
    (owner_id is null) = (reason_code is null)
    or (owner_id is null) <> (assignment_reason is null)
    or (owner_id is null) <> (due_at is null)
    or (is_exploration and assignment_reason <> 'exploration')
