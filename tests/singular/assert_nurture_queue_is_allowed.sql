{# Nobody who must not be written to or was written to just now, and nobody who is with
   a rep. Customers get what is for customers, and nobody else gets that. #}
select queue.lead_key

from {{ ref('nurture_queue') }} as queue

cross join {{ ref('clock') }} as clock

left join {{ ref('contact_policy') }} as policy
    on queue.lead_key = policy.lead_key

left join {{ ref('dim_leads') }} as leads
    on queue.lead_key = leads.lead_key

left join {{ ref('lead_assignments') }} as assignments
    on queue.lead_key = assignments.lead_key

left join {{ ref('content_catalog') }} as content
    on queue.content_id = content.content_id

where
    not coalesce(policy.may_email, false)
    or policy.is_opted_out
    or policy.is_unsubscribed
    or policy.has_complained
    or policy.is_bounced
    or policy.consent = 'refused'
    or policy.email_basis = 'none'
    or not leads.has_email
    or leads.is_deleted
    or leads.is_internal
    or {{ add_days('queue.last_emailed_at', var('nurture_pause_days')) }} > clock.as_of
    or assignments.owner_id is not null
    or leads.current_stage in ('sal', 'sql', 'disqualified')
    or leads.is_customer_account <> (queue.track = 'customer')
    or (
        queue.content_id is not null
        and leads.is_customer_account <> ({{ seed_text('content.stage') }} = 'closed_won')
    )
