{{ config(materialized='view') }}

with

typed as (

    {{ typed_rows('web_events') }}

),

{# Compact keys once, here: text ids are most of the cost of what follows. #}
final as (

    select
        *,
        {{ key(['event_id']) }} as event_key,
        {{ key(['anonymous_id']) }} as device_key,
        {{ key(['session_id']) }} as session_key,
        {{ key([url_path('page_url')]) }} as page_key,
        {{ key(['user_agent']) }} as user_agent_key,
        {{ url_host('referrer_url') }} as referrer_host

    from typed

)

select * from final
