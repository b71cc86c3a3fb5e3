{# A rep gets only people who may be called or written to. #}
select assignments.lead_key

from {{ ref('lead_assignments') }} as assignments

left join {{ ref('contact_policy') }} as policy
    on assignments.lead_key = policy.lead_key

where
    assignments.owner_id is not null
    and not coalesce(policy.may_email or policy.may_call, false)
