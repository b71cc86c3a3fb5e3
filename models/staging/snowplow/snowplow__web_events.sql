{% set columns = {
    'event_id': ['event_id'],
    'event_name': ['event_name', 'event'],
    'derived_tstamp': ['derived_tstamp'],
    'collector_tstamp': ['collector_tstamp'],
    'load_tstamp': ['load_tstamp'],
    'etl_tstamp': ['etl_tstamp'],
    'platform': ['platform'],
    'anonymous_id': ['domain_userid'],
    'network_userid': ['network_userid'],
    'user_id': ['user_id'],
    'session_id': ['domain_sessionid'],
    'page_url': ['page_url'],
    'page_title': ['page_title'],
    'referrer_url': ['page_referrer'],
    'utm_source': ['mkt_source'],
    'utm_medium': ['mkt_medium'],
    'utm_campaign': ['mkt_campaign'],
    'utm_content': ['mkt_content'],
    'utm_term': ['mkt_term'],
    'click_id': ['mkt_clickid'],
    'click_network': ['mkt_network'],
    'user_agent': ['useragent'],
    'country_code': ['geo_country'],
    'spiders_and_robots': ['contexts_com_iab_snowplow_spiders_and_robots_1', 'contexts_com_iab_snowplow_spiders_and_robots_1_0_0'],
    'agents': ['contexts_nl_basjes_yauaa_context_1', 'contexts_nl_basjes_yauaa_context_1_0_0'],
} %}
with

events as (

    {{ tool_rows('snowplow', ['events', 'atomic_events'], columns) }}

),

{# What Snowplow's own enrichments call a machine; the names differ by warehouse in case and
   underscores. #}
judged as (

    select
        *,
        {{ squeezed_json('spiders_and_robots') }} like '%spiderorrobot:true%'
            or {{ squeezed_json('agents') }} like '%agentclass:robot%' as is_machine

    from events

),

final as (

    select
        source,
        event_id,
        event_name,
        coalesce(nullif(derived_tstamp, ''), nullif(collector_tstamp, '')) as occurred_at,
        {# Apps have no cookie of the site; browsers without one stay unknown. #}
        case
            when platform = 'mob' then coalesce(nullif(anonymous_id, ''), network_userid)
            else anonymous_id
        end as anonymous_id,
        user_id,
        session_id,
        page_url,
        page_title,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        case when lower(click_network) = 'microsoft' then 'msclkid=' || click_id else click_id end
            as click_id,
        user_agent,
        country_code,
        coalesce(
            nullif(load_tstamp, ''), nullif(etl_tstamp, ''), nullif(collector_tstamp, ''), loaded_at
        ) as loaded_at

    from judged

    where is_machine is null or not is_machine

)

select * from final
