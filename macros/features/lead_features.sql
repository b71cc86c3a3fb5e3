{#- The features of leads at moments, for training and for scoring alike: adds the CTE
    lead_features with one row per (lead_key, as_of) of spine. Only what was known at
    as_of enters.

    spine     the CTE with lead_key, as_of, cycle_number and started_at of the cycle
    profiles  the relation of lead_profiles
    events, points
              the CTEs that feature_inputs adds for the rows of spine
    account_leads, account_engagements
              the CTEs that the macro account_engagements adds
    is_one_moment
              whether spine has one moment of each lead, so that the events need not be put
              in order to tell from when to when each counts -#}
{% macro lead_features(spine, profiles, events, points, account_leads, account_engagements, is_one_moment=false) -%}
{%- set counts = {
    'page_views': ['page_viewed', 'product_viewed', 'pricing_viewed', 'case_study_viewed', 'blog_viewed', 'webinar_viewed', 'whitepaper_viewed'],
    'product_views': ['product_viewed', 'product_clicked'],
    'pricing_views': ['pricing_viewed'],
    'case_study_views': ['case_study_viewed'],
    'content_requests': ['content_requested'],
    'demo_requests': ['demo_requested'],
    'contact_requests': ['contact_requested'],
    'webinars': ['webinar_registered', 'webinar_attended'],
    'webinars_attended': ['webinar_attended'],
    'email_clicks': ['email_clicked'],
} -%}
{#- What may speak against a lead does not fade: else its score would rise while it is silent. -#}
{%- set lasting_counts = {
    'blog_views': ['blog_viewed'],
    'careers_views': ['careers_viewed'],
} -%}
{{ lead_funnel.account_activity(spine, account_leads, account_engagements) }},

{# A topic or a piece of content counts once: each event from when it counts itself
   and no earlier one does any more. So distinct ones can be summed. Only the columns that
   decide it are sorted. #}
{% for column in ['topic', 'content_id'] %}
{{ column }}_events as (

    {% if is_one_moment %}
    select
        min(events.event_key) as event_key,
        min(events.counts_from) as counts_from

    from {{ spine }} as spine

    inner join {{ events }} as events
        on
            spine.lead_key = events.lead_key
            and spine.as_of >= events.counts_from
            and spine.as_of < events.counts_until

    where events.{{ column }} is not null

    group by events.lead_key, events.{{ column }}
    {% else %}
    select
        events.event_key,
        greatest(
            events.counts_from,
            coalesce(
                max(events.counts_until) over (
                    partition by events.lead_key, events.{{ column }}
                    order by events.counts_from, events.event_key
                    rows between unbounded preceding and 1 preceding
                ),
                events.counts_from
            )
        ) as counts_from

    from {{ events }} as events

    where events.{{ column }} is not null
    {% endif %}

),

{% endfor %}
counted_events as (

    select
        events.lead_key,
        events.occurred_at,
        events.counts_from,
        events.counts_until,
        case when events.is_engagement then 1 else 0 end as engagements,
        case
            when events.source in ('web', 'form')
                then cast(date_trunc('day', events.occurred_at) as timestamp)
        end as visit_day_at,
        case when events.source = 'form' then 1 else 0 end as forms,
        case when events.source = 'campaign' then 1 else 0 end
            as campaign_responses,
        {% for feature, event_types in counts.items() %}
        case when events.event_type in ({{ literals(event_types) }}) then 1 else 0 end
            as {{ feature }},
        {% endfor %}
        topic_events.counts_from as topic_counts_from,
        content_id_events.counts_from as content_id_counts_from

    from {{ events }} as events

    left join topic_events
        on events.event_key = topic_events.event_key

    left join content_id_events
        on events.event_key = content_id_events.event_key

),

recent_events as (

    select
        spine.lead_key,
        spine.as_of,
        events.engagements,
        events.visit_day_at,
        events.forms,
        events.campaign_responses,
        {% for feature in counts %}
        events.{{ feature }},
        {% endfor %}
        case when spine.as_of >= events.topic_counts_from then 1 else 0 end
            as topics,
        case when spine.as_of >= events.content_id_counts_from then 1 else 0 end
            as contents,
        {{ days_between('events.occurred_at', 'spine.as_of') }} as days_ago

    from {{ spine }} as spine

    inner join counted_events as events
        on
            spine.lead_key = events.lead_key
            and spine.as_of >= events.counts_from
            and spine.as_of < events.counts_until

),

{# An engagement is the last one known until a later one counts. #}
lasting_events as (

    select
        events.lead_key,
        events.occurred_at,
        events.counts_from,
        events.event_type,
        events.is_engagement,
        {% if is_one_moment %}
        cast(null as timestamp) as outdated_from
        {% else %}
        min(case when events.is_engagement then events.counts_from end) over (
            partition by events.lead_key
            order by events.occurred_at, events.event_key
            rows between 1 following and unbounded following
        ) as outdated_from
        {% endif %}

    from {{ events }} as events

    where {{ lead_funnel.is_lasting_event('events') }}

),

lasting_features as (

    select
        spine.lead_key,
        spine.as_of,
        min(case
            when events.is_engagement
                then {{ days_between('events.occurred_at', 'spine.as_of') }}
        end) as days_since_last_engagement,
        {% for feature, event_types in lasting_counts.items() %}
        sum(case when events.event_type in ({{ literals(event_types) }}) then 1 else 0 end)
            as {{ feature }}{{ ',' if not loop.last }}
        {% endfor %}

    from {{ spine }} as spine

    inner join lasting_events as events
        on
            spine.lead_key = events.lead_key
            and spine.as_of >= events.counts_from
            and (
                events.outdated_from is null
                or spine.as_of < events.outdated_from
                {% for event_types in lasting_counts.values() %}
                or events.event_type in ({{ literals(event_types) }})
                {% endfor %}
            )

    group by spine.lead_key, spine.as_of

),

event_features as (

    select
        lead_key,
        as_of,
        {% for days in [7, 30] %}
        sum(case when days_ago < {{ days }} then engagements else 0 end)
            as engagements_{{ days }}d,
        {% endfor %}
        sum(engagements) as engagements_90d,
        {# One bit a day, so that a day counts once. #}
        bit_count(bit_or(
            case
                when visit_day_at is not null and days_ago < 30
                    then cast(power(
                        cast(2 as double),
                        floor({{ days_between('visit_day_at', 'as_of') }})
                    ) as bigint)
            end
        )) as visit_days_30d,
        sum(case when days_ago < 30 then page_views else 0 end)
            as page_views_30d,
        {% for feature in counts if feature != 'page_views' %}
        sum({{ feature }}) as {{ feature }}_90d,
        {% endfor %}
        sum(forms) as forms_90d,
        sum(campaign_responses) as campaign_responses_90d,
        sum(topics) as distinct_topics_90d,
        sum(contents) as distinct_content_90d

    from recent_events

    group by lead_key, as_of

),

points as (

    select
        spine.lead_key,
        spine.as_of,
        sum(
            case
                when points.dimension = 'behavior'
                    then {{ decayed('points.points', 'points.half_life_days', 'points.occurred_at', 'spine.as_of') }}
            end
        ) as behavior,
        sum(case when points.dimension = 'fit' then points.points end) as fit

    from {{ spine }} as spine

    inner join {{ points }} as points
        on
            spine.lead_key = points.lead_key
            and spine.as_of >= points.counts_from
            and (
                points.dimension = 'fit'
                or spine.cycle_number = points.cycle_number
            )

    group by spine.lead_key, spine.as_of

),

lead_features as (

    select
        spine.lead_key,
        spine.as_of,
        {{ days_between('spine.started_at', 'spine.as_of') }} as days_since_cycle_start,
        lasting_features.days_since_last_engagement,
        {# Where no address is known, nothing that was done can be told to be the lead's. #}
        case
            when lasting_features.days_since_last_engagement is not null then 'engaged'
            when profiles.email_domain_known_at <= spine.as_of then 'never'
            else 'not_seen'
        end as engagement_history,
        {% for feature in lasting_counts %}
        cast(coalesce(lasting_features.{{ feature }}, 0) as double) as {{ feature }},
        {% endfor %}
        {% for feature in [
            'engagements_7d', 'engagements_30d', 'engagements_90d',
            'visit_days_30d', 'page_views_30d', 'product_views_90d',
            'pricing_views_90d', 'case_study_views_90d',
            'forms_90d', 'content_requests_90d', 'demo_requests_90d', 'contact_requests_90d', 'webinars_90d',
            'webinars_attended_90d', 'campaign_responses_90d', 'email_clicks_90d',
            'distinct_topics_90d', 'distinct_content_90d',
        ] %}
        cast(coalesce(event_features.{{ feature }}, 0) as double) as {{ feature }},
        {% endfor %}
        {# Colleagues: the account without the lead itself. #}
        cast(
            coalesce(
                account_activity.engagements_30d
                - coalesce(event_features.engagements_30d, 0),
                0
            ) as double
        ) as account_engagements_30d,
        cast(
            coalesce(
                account_activity.engaged_leads_90d
                - case when event_features.engagements_90d > 0 then 1 else 0 end,
                0
            ) as double
        ) as account_engaged_leads_90d,
        cast(spine.cycle_number - 1 as double) as earlier_cycles,
        cast(
            case
                when profiles.employee_count_known_at <= spine.as_of
                    then profiles.employee_count
            end as double
        ) as employee_count,
        {# Whoever belongs to no company has none of them; a single gap says little. #}
        cast(
            case when profiles.industry_known_at <= spine.as_of then 1 else 0 end
            + case when profiles.employee_count_known_at <= spine.as_of then 1 else 0 end
            + case
                when
                    profiles.email_class = 'business'
                    and profiles.email_domain_known_at <= spine.as_of
                    then 1
                else 0
            end as double
        ) as company_facts,
        {% for feature, known_at in [
            ('lead_source', 'lead_source_known_at'),
            ('channel', 'channel_known_at'),
            ('first_campaign_id', 'first_campaign_id_known_at'),
            ('title_group', 'job_title_known_at'),
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
        round(coalesce(points.behavior, cast(0 as double)), 6)
            as points_behavior,
        round(coalesce(points.fit, cast(0 as double)), 6) as points_fit,
        round(
            coalesce(points.behavior, cast(0 as double))
            + coalesce(points.fit, cast(0 as double)),
            6
        ) as points_total

    from {{ spine }} as spine

    left join event_features
        on
            spine.lead_key = event_features.lead_key
            and spine.as_of = event_features.as_of

    left join lasting_features
        on
            spine.lead_key = lasting_features.lead_key
            and spine.as_of = lasting_features.as_of

    left join account_activity
        on
            spine.lead_key = account_activity.lead_key
            and spine.as_of = account_activity.as_of

    left join points
        on
            spine.lead_key = points.lead_key
            and spine.as_of = points.as_of

    left join {{ profiles }} as profiles
        on spine.lead_key = profiles.lead_key

)
{%- endmacro %}
