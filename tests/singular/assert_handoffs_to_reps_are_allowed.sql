{# A rep gets only people who may be called or written to, and is told which: neither a
   number to call after an opt-out nor content for who must not be written to. #}
select
    'lead_assignments' as mart,
    cast(assignments.lead_key as string) as record

from {{ ref('lead_assignments') }} as assignments

left join {{ ref('contact_policy') }} as policy
    on assignments.lead_key = policy.lead_key

where
    assignments.owner_id is not null
    and (
        not coalesce(policy.may_email or policy.may_call, false)
        or policy.is_opted_out
        or policy.has_complained
        or (policy.email_basis = 'none' and policy.call_basis = 'none')
    )

union all

select
    'routable_leads' as mart,
    cast(routable.lead_key as string) as record

from {{ ref('routable_leads') }} as routable

left join {{ ref('contact_policy') }} as policy
    on routable.lead_key = policy.lead_key

where
    (routable.may_call and (not policy.has_phone or policy.call_reason <> 'none'))
    or (routable.may_email and policy.email_reason <> 'none')
    or (routable.next_content_id is not null and not policy.may_email)
    or not (routable.may_call or routable.may_email)

union all

select
    'crm_lead_sync' as mart,
    records.sync_key as record

from {{ ref('crm_lead_sync') }} as records

left join {{ ref('contact_policy') }} as policy
    on records.lead_key = policy.lead_key

where
    (records.owner_id is not null and not coalesce(policy.may_email or policy.may_call, false))
    or (records.next_content_id is not null and not coalesce(policy.may_email, false))
