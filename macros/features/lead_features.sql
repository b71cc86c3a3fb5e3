{#- The features of leads at moments, for training and for scoring alike. Expects
    CTEs: spine (lead_key, as_of, cycle_number, started_at of the cycle), and adds
    the CTE lead_features with one row per (lead_key, as_of) of it. Only what was
    known at as_of enters. -#}
{% macro lead_features() -%}
{%- set counts = {
    'page_views': ['page_viewed', 'product_viewed', 'pricing_viewed', 'case_study_viewed', 'blog_viewed', 'webinar_viewed', 'whitepaper_viewed'],
    'product_views': ['product_viewed', 'product_clicked'],
    'pricing_views': ['pricing_viewed'],
    'case_study_views': ['case_study_viewed'],
    'careers_views': ['careers_viewed'],
    'content_requests': ['content_requested'],
    'demo_requests': ['demo_requested', 'contact_requested'],
    'webinars': ['webinar_registered', 'webinar_attended'],
    'email_clicks': ['email_clicked'],
} -%}
recent_events as (

    select
        spine.lead_key,
        spine.as_of,
        events.event_type,
        events.source,
        events.occurred_at,
        events.is_engagement,
        nullif(events.topic, '') as topic,
        events.content_id,
        {{ days_between('events.occurred_at', 'spine.as_of') }} as days_ago

    from spine

    inner join {{ ref('int_lead_events') }} as events
        on
            spine.lead_key = events.lead_key
            and events.known_at <= spine.as_of
            and events.occurred_at <= spine.as_of
            and events.occurred_at > {{ add_days('spine.as_of', -90) }}

),

event_features as (

    select
        lead_key,
        as_of,
        min(case when is_engagement then days_ago end) as days_since_last_engagement,
        {% for days in [7, 30, 90] %}
        sum(case when is_engagement and days_ago < {{ days }} then 1 else 0 end)
            as engagements_{{ days }}d,
        {% endfor %}
        count(distinct
            case
                when source in ('web', 'form') and days_ago < 30
                    then cast(occurred_at as date)
            end
        ) as visit_days_30d,
        sum(
            case
                when
                    event_type in ({{ literals(counts['page_views']) }})
                    and days_ago < 30
                    then 1
                else 0
            end
        ) as page_views_30d,
        {% for feature, event_types in counts.items() if feature != 'page_views' %}
        sum(case when event_type in ({{ literals(event_types) }}) then 1 else 0 end)
            as {{ feature }}_90d,
        {% endfor %}
        sum(case when source = 'form' then 1 else 0 end) as forms_90d,
        sum(case when source = 'campaign' then 1 else 0 end)
            as campaign_responses_90d,
        count(distinct case when is_engagement then topic end)
            as distinct_topics_90d,
        count(distinct case when is_engagement then content_id end)
            as distinct_content_90d

    from recent_events

    group by lead_key, as_of

),

{# Only accounts with several people have anything to add. #}
shared_accounts as (

    select account_key
    from {{ ref('int_lead_accounts') }}
    group by account_key
    having count(*) > 1

),

account_leads as (

    select
        accounts.account_key,
        accounts.lead_key,
        accounts.account_known_at

    from {{ ref('int_lead_accounts') }} as accounts

    inner join shared_accounts
        on accounts.account_key = shared_accounts.account_key

),

account_features as (

    select
        spine.lead_key,
        spine.as_of,
        sum(
            case
                when events.occurred_at > {{ add_days('spine.as_of', -30) }} then 1
                else 0
            end
        ) as account_engagements_30d,
        count(distinct events.lead_key) as account_engaged_leads_90d

    from spine

    inner join account_leads as own
        on
            spine.lead_key = own.lead_key
            and own.account_known_at <= spine.as_of

    inner join account_leads as others
        on
            own.account_key = others.account_key
            and own.lead_key != others.lead_key
            and others.account_known_at <= spine.as_of

    inner join {{ ref('int_lead_events') }} as events
        on
            others.lead_key = events.lead_key
            and events.is_engagement
            and events.known_at <= spine.as_of
            and events.occurred_at <= spine.as_of
            and events.occurred_at > {{ add_days('spine.as_of', -90) }}

    group by spine.lead_key, spine.as_of

),

behavior_points as (

    select
        spine.lead_key,
        spine.as_of,
        sum({{ decayed('ledger.points', 'ledger.half_life_days', 'ledger.occurred_at', 'spine.as_of') }})
            as points

    from spine

    inner join {{ ref('int_points_ledger') }} as ledger
        on
            spine.lead_key = ledger.lead_key
            and spine.cycle_number = ledger.cycle_number
            and ledger.known_at <= spine.as_of
            and ledger.occurred_at <= spine.as_of

    where ledger.dimension = 'behavior'

    group by spine.lead_key, spine.as_of

),

fit_points as (

    select
        spine.lead_key,
        spine.as_of,
        sum(fit_awards.points) as points

    from spine

    inner join {{ ref('int_fit_awards') }} as fit_awards
        on
            spine.lead_key = fit_awards.lead_key
            and fit_awards.known_at <= spine.as_of

    group by spine.lead_key, spine.as_of

),

lead_features as (

    select
        spine.lead_key,
        spine.as_of,
        {{ days_between('spine.started_at', 'spine.as_of') }} as days_since_cycle_start,
        event_features.days_since_last_engagement,
        {% for feature in [
            'engagements_7d', 'engagements_30d', 'engagements_90d',
            'visit_days_30d', 'page_views_30d', 'product_views_90d',
            'pricing_views_90d', 'case_study_views_90d', 'careers_views_90d',
            'forms_90d', 'content_requests_90d', 'demo_requests_90d',
            'webinars_90d', 'campaign_responses_90d', 'email_clicks_90d',
            'distinct_topics_90d', 'distinct_content_90d',
        ] %}
        cast(coalesce(event_features.{{ feature }}, 0) as double) as {{ feature }},
        {% endfor %}
        {% for feature in ['account_engagements_30d', 'account_engaged_leads_90d'] %}
        cast(coalesce(account_features.{{ feature }}, 0) as double) as {{ feature }},
        {% endfor %}
        cast(spine.cycle_number - 1 as double) as earlier_cycles,
        cast(
            case
                when profiles.employee_count_known_at <= spine.as_of
                    then profiles.employee_count
            end as double
        ) as employee_count,
        {% for feature, known_at in [
            ('lead_source', 'lead_source_known_at'),
            ('channel', 'channel_known_at'),
            ('first_campaign_id', 'first_campaign_id_known_at'),
            ('persona', 'job_title_known_at'),
            ('job_level', 'job_title_known_at'),
            ('industry', 'industry_known_at'),
            ('country_code', 'country_code_known_at'),
            ('email_class', 'email_domain_known_at'),
        ] %}
        case
            when profiles.{{ known_at }} <= spine.as_of then profiles.{{ feature }}
        end as {{ feature }},
        {% endfor %}
        {# Rounded: sums of doubles differ in their last digits. #}
        round(coalesce(behavior_points.points, cast(0 as double)), 6)
            as points_behavior,
        round(coalesce(fit_points.points, cast(0 as double)), 6) as points_fit,
        round(
            coalesce(behavior_points.points, cast(0 as double))
            + coalesce(fit_points.points, cast(0 as double)),
            6
        ) as points_total

    from spine

    left join event_features
        on
            spine.lead_key = event_features.lead_key
            and spine.as_of = event_features.as_of

    left join account_features
        on
            spine.lead_key = account_features.lead_key
            and spine.as_of = account_features.as_of

    left join behavior_points
        on
            spine.lead_key = behavior_points.lead_key
            and spine.as_of = behavior_points.as_of

    left join fit_points
        on
            spine.lead_key = fit_points.lead_key
            and spine.as_of = fit_points.as_of

    left join {{ ref('int_lead_profiles') }} as profiles
        on spine.lead_key = profiles.lead_key

)
{%- endmacro %}
