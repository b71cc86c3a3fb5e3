{# Who marketing may write to while sales does not call, and with what. #}
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

    select * from {{ ref('int_lead_next_content') }}

),

content as (

    select * from {{ ref('content_performance') }}

),

queued as (

    select
        leads.lead_key,
        leads.current_stage as stage,
        leads.persona,
        case
            when leads.current_stage = 'recycled' then 'recycled'
            else assignments.reason_code
        end as queue_reason

    from leads

    inner join policy
        on leads.lead_key = policy.lead_key

    left join assignments
        on leads.lead_key = assignments.lead_key

    where
        policy.may_email
        and not leads.is_internal
        and not leads.is_deleted
        and assignments.owner_id is null
        and (
            leads.current_stage = 'recycled'
            or assignments.reason_code is not null
        )

),

final as (

    select
        queued.lead_key,
        queued.stage,
        queued.persona,
        queued.queue_reason,
        content.content_id,
        content.content_type,
        content.topic,
        content.advance_rate,
        content.advance_rate_low,
        content.advance_rate_high,
        content.mature_consumers as support

    from queued

    left join next_content
        on queued.lead_key = next_content.lead_key

    left join content
        on next_content.content_id = content.content_id

)

select * from final

order by lead_key
