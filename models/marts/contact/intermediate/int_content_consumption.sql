{# The first time each lead used each piece of the catalogue. An e-mail that
   arrived or was opened is not use of what it links to. #}
with

events as (

    select * from {{ ref('lead_events') }}

),

final as (

    select
        lead_key,
        content_id,
        min(occurred_at) as first_consumed_at

    from events

    where
        content_id is not null
        and is_engagement

    group by lead_key, content_id

)

select * from final
