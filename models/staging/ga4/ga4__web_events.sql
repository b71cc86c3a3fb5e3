{% set columns = {
    'event_date': ['event_date'],
    'event_timestamp': ['event_timestamp'],
    'event_name': ['event_name'],
    'event_params': ['event_params'],
    'anonymous_id': ['user_pseudo_id'],
    'user_id': ['user_id'],
    'stream_id': ['stream_id'],
    'geo': ['geo'],
    'country': ['geo_country'],
    'traffic': ['collected_traffic_source'],
    'session_id': ['ga_session_id'],
    'page_location': ['page_location'],
    'page_title': ['page_title'],
    'page_referrer': ['page_referrer'],
} %}
{# What GA4 calls the tags of the address, in the record of an event and in its parameters. #}
{% set tags = {
    'source': 'manual_source',
    'medium': 'manual_medium',
    'campaign': 'manual_campaign_name',
    'content': 'manual_content',
    'term': 'manual_term',
} %}
with

{# One table a day. #}
daily_events as (

    {{ tool_rows('ga4', ['events', 'events_2*'], columns) }}

),

{# The present day so far; its table of the day replaces it. #}
events_so_far as (

    {{ tool_rows('ga4', ['events_intraday', 'events_intraday_*'], columns) }}

),

events as (

    select
        *,
        {{ event_params('event_params') }} as params,
        {# A day's table comes after the day. #}
        coalesce(loaded_at, cast(
            {{ add_days("try_cast(substr(event_date, 1, 4) || '-' || substr(event_date, 5, 2) || '-' || substr(event_date, 7, 2) as timestamp)", 1) }}
            as string
        )) as arrived_at

    from daily_events

    union all

    select
        *,
        {{ event_params('event_params') }} as params,
        loaded_at as arrived_at

    from events_so_far

),

read as (

    select
        source,
        event_timestamp,
        event_name,
        anonymous_id,
        user_id,
        stream_id,
        coalesce({{ event_param('params', 'ga_session_id') }}, session_id) as session_number,
        coalesce({{ event_param('params', 'page_location') }}, page_location) as page_url,
        coalesce({{ event_param('params', 'page_title') }}, page_title) as page_title,
        coalesce({{ event_param('params', 'page_referrer') }}, page_referrer) as referrer_url,
        {% for name, member in tags.items() %}
        {{ json_member('traffic', 'text', member) }} as collected_{{ name }},
        {{ event_param('params', name) }} as param_{{ name }},
        {% endfor %}
        coalesce(
            {{ json_member('traffic', 'text', 'gclid') }}, {{ event_param('params', 'gclid') }}
        ) as click_id,
        coalesce({{ json_member('geo', 'text', 'country') }}, country) as country,
        {{ event_params_text('params') }} as params_text,
        arrived_at

    from events

),

{# GA4 gives events no key: all that tells two of one visitor apart is one. #}
final as (

    select
        source,
        md5(
            coalesce(stream_id, '') || '|' || coalesce(anonymous_id, '') || '|'
            || coalesce(session_number, '') || '|' || coalesce(event_name, '') || '|'
            || coalesce(event_timestamp, '') || '|' || coalesce(params_text, '')
        ) as event_id,
        event_name,
        event_timestamp as occurred_at,
        anonymous_id,
        user_id,
        {# Sessions are numbered by the second in which they began: of one visitor each. #}
        anonymous_id || '.' || session_number as session_id,
        page_url,
        page_title,
        referrer_url,
        {% for name in tags %}
        coalesce(
            {{ meant_tag('collected_' ~ name) }}, {{ meant_tag('param_' ~ name) }}
        ) as utm_{{ name }},
        {% endfor %}
        click_id,
        {{ meant_tag('country') }} as country_code,
        arrived_at as loaded_at

    from read

)

select * from final
