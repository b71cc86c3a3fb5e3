{# What every call carries. Only an identify speaks of the visitor where it says email: in a
   track it may be somebody else's, such as a colleague who is invited. #}
{% set call = {
    'event_id': ['id', 'message_id'],
    'occurred_at': ['timestamp'],
    'anonymous_id': ['anonymous_id'],
    'user_id': ['user_id'],
    'email': ['context_traits_email'],
    'session_id': ['context_session_id', 'session_id'],
    'page_url': ['context_page_url', 'url'],
    'page_title': ['context_page_title', 'title'],
    'referrer_url': ['context_page_referrer', 'referrer'],
    'utm_source': ['context_campaign_source'],
    'utm_medium': ['context_campaign_medium'],
    'utm_campaign': ['context_campaign_name', 'context_campaign_campaign'],
    'utm_content': ['context_campaign_content'],
    'utm_term': ['context_campaign_term'],
    'user_agent': ['context_user_agent'],
    'country_code': ['context_location_country', 'context_geo_country', 'context_country_code'],
} %}
{% set page = dict(call, **{
    'page_url': ['url', 'context_page_url'],
    'page_title': ['title', 'context_page_title', 'name'],
    'referrer_url': ['referrer', 'context_page_referrer'],
}) %}
{# The tables of the single events hold the same calls as tracks, and are not read. #}
{% set calls = {
    'pages': page,
    'screens': dict(call, page_title=['name', 'context_screen_name']),
    'tracks': dict(call, event_name=['event', 'event_text']),
    'identifies': dict(call, email=['email', 'traits_email', 'context_traits_email']),
    'aliases': {
        'event_id': ['id', 'message_id'],
        'occurred_at': ['timestamp'],
        'anonymous_id': ['previous_id'],
        'user_id': ['user_id'],
    },
} %}
{% set event_names = {
    'pages': "'page_view'",
    'screens': "'screen_view'",
    'tracks': 'tracks.event_name',
    'identifies': "'identify'",
    'aliases': "'alias'",
} %}
with

{% for table, columns in calls.items() %}
{{ table }} as (

    {{ tool_rows('segment', table, columns) }}

),

{% endfor %}
final as (

    {% for table, columns in calls.items() %}
    select
        {{ table }}.source,
        {% for name in call %}
        {% if name in columns %}
        {{ table }}.{{ name }},
        {% else %}
        cast(null as string) as {{ name }},
        {% endif %}
        {% endfor %}
        {{ event_names[table] }} as event_name,
        {{ table }}.loaded_at

    from {{ table }}

    {% if not loop.last %}union all{% endif %}

    {% endfor %}
)

select * from final
