{# Each lead before sql has an owner from us, a reason why it has none, or is not to be
   handed over, and its receipts say the same: one team or owner took it, or none did and
   each says why. #}
with

receipts as (

    select
        lead_key,
        max(case when option_type = 'team' and has_taken then 1 else 0 end) as team_took,
        max(case when option_type = 'rep' and has_taken then 1 else 0 end) as rep_took,
        max(case when option_type = 'lead' then 1 else 0 end) as is_no_candidate,
        max(case when has_taken = (reason_code is not null) then 1 else 0 end)
            as is_unexplained

    from {{ ref('routing_receipts') }}

    group by lead_key

)

select
    leads.lead_key,
    assignments.owner_id,
    assignments.reason_code,
    receipts.is_no_candidate

from {{ ref('dim_leads') }} as leads

inner join {{ ref('fct_lead_cycles') }} as cycles
    on
        leads.lead_key = cycles.lead_key
        and cycles.is_current
        and cycles.outcome = 'open'

left join {{ ref('lead_assignments') }} as assignments
    on leads.lead_key = assignments.lead_key

left join receipts
    on leads.lead_key = receipts.lead_key

where
    leads.current_stage in ('inquiry', 'mql', 'sal')
    and (
        (
            assignments.owner_id is null
            and assignments.reason_code is null
            and coalesce(receipts.is_no_candidate, 0) = 0
        )
        or receipts.is_unexplained = 1
        or (assignments.owner_id is not null and receipts.rep_took + receipts.team_took < 2)
        or (assignments.owner_id is null and receipts.rep_took + receipts.team_took > 0)
        {# Where there are no rules at all, the reason is that of lead_assignments alone. #}
        or (receipts.lead_key is null and assignments.reason_code is distinct from 'no_team')
    )
