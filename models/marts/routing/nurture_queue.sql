{# Whom marketing may write to now, and with what: leads that no rep has, and
   customers, for whom there is content of their own. Who was written to lately
   rests. #}
with

leads as (

    select * from {{ ref('dim_leads') }}

),

policy as (

    select * from {{ ref('contact_policy') }}

),

assignments as (

    select * from {{ ref('lead_assignments') }}

),

next_content as (

    select * from {{ ref('lead_next_content') }}

),

content as (

    select * from {{ ref('content_performance') }}

),

rates as (

    select * from {{ ref('content_advance_rates') }}

),

queued as (

    select
        leads.lead_key,
        leads.current_stage as stage,
        leads.persona,
        policy.track,
        policy.last_emailed_at,
        case
            when policy.track = 'customer' then 'customer'
            when leads.current_stage in ('recycled', 'expired') then leads.current_stage
            else assignments.reason_code
        end as queue_reason

    from leads

    inner join policy
        on leads.lead_key = policy.lead_key

    left join assignments
        on leads.lead_key = assignments.lead_key

    where
        policy.may_email
        and not policy.is_resting
        and assignments.owner_id is null
        and (
            (
                policy.track = 'customer'
                and leads.current_stage in (
                    'inquiry', 'recycled', 'expired', 'closed_won', 'closed_lost'
                )
            )
            or leads.current_stage in ('recycled', 'expired')
            or assignments.reason_code is not null
        )

),

final as (

    select
        queued.lead_key,
        queued.stage,
        queued.persona,
        queued.track,
        queued.queue_reason,
        queued.last_emailed_at,
        content.content_id,
        content.content_type,
        content.topic,
        rates.advance_rate,
        rates.advance_rate_low,
        rates.advance_rate_high,
        rates.uses as support,
        rates.piece_uses as piece_support

    from queued

    left join next_content
        on queued.lead_key = next_content.lead_key

    left join content
        on next_content.content_id = content.content_id

    left join rates
        on
            next_content.content_id = rates.content_id
            and next_content.persona = rates.persona
            and next_content.stage = rates.stage

)

select * from final

order by lead_key
