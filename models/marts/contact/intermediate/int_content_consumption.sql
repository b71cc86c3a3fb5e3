{# The first time each lead used each piece of the catalogue. #}
with

events as (

    select * from {{ ref('lead_events') }}

),

final as (

    select
        lead_key,
        {{ used_content_id('events') }} as content_id,
        min(occurred_at) as first_consumed_at

    from events

    where {{ used_content_id('events') }} is not null

    group by 1, 2

)

select * from final
