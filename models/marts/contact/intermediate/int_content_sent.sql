{# What each lead was sent already. A message that came back was not received. #}
with

events as (

    select * from {{ ref('lead_events') }}

),

final as (

    select
        lead_key,
        content_id,
        min(occurred_at) as first_sent_at

    from events

    where
        content_id is not null
        and event_type in ({{ literals(received_email_event_types()) }})

    group by lead_key, content_id

)

select * from final
