{# Nobody who must not be written to, and nobody who is with a rep. #}
select queue.lead_key

from {{ ref('nurture_queue') }} as queue

left join {{ ref('contact_policy') }} as policy
    on queue.lead_key = policy.lead_key

left join {{ ref('lead_assignments') }} as assignments
    on queue.lead_key = assignments.lead_key

where
    not coalesce(policy.may_email, false)
    or policy.is_opted_out
    or policy.is_unsubscribed
    or policy.is_complained
    or policy.consent = 'refused'
    or assignments.owner_id is not null
