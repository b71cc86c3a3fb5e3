with

accepted as (

    {{ accepted_rows(
        ref('base_raw__web_events'),
        key='event_id',
        columns=[
            'event_id',
            'event_name',
            'occurred_at',
            'anonymous_id',
            'session_id',
            'user_id',
            'email',
            'page_url',
            'user_agent',
            'utm_source',
            'utm_medium',
            'utm_campaign',
            'utm_content',
            'utm_term',
            'referrer_url',
            'country_code',
        ]
    ) }}

),

parsed as (

    select
        *,
        {{ untidy_path('page_url') }} as untidy_path

    from accepted

),

{# Text ids, addresses and raw JSON are most of the cost of what follows, so
   only compact keys go on. They are computed last, once for each row kept. #}
final as (

    select
        {{ key(['event_id']) }} as event_key,
        event_name,
        occurred_at,
        {{ key(['anonymous_id']) }} as device_key,
        {{ key(['session_id']) }} as session_key,
        user_id,
        email,
        {{ key([tidy_path('untidy_path')]) }} as page_key,
        {{ key(['user_agent']) }} as user_agent_key,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        {{ url_host('referrer_url') }} as referrer_host,
        country_code,
        loaded_at,
        first_loaded_at,
        version_count

    from parsed

)

select * from final
