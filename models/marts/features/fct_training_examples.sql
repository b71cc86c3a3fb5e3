{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# The features of each training example, and its label. Leads are independent of one another but for
   what colleagues do, so that a whole build is made by buckets of them. #}
with

moments as (

    select * from {{ ref('int_training_moments') }}

),

{{ feature_inputs(
    'moments',
    lead_events=ref('lead_events'),
    points_ledger=ref('points_ledger'),
    fit_awards=ref('fit_awards'),
    lead_accounts=ref('lead_accounts')
) }},

account_reaches as (

    select
        account_leads.account_key,
        min(reaches.first_as_of) as first_as_of,
        max(reaches.last_as_of) as last_as_of

    from reaches

    inner join account_leads
        on reaches.lead_key = account_leads.lead_key

    group by account_leads.account_key

),

{# What the examples of an account's leads can read of one another. #}
account_versions as (

    select
        engagements.account_key,
        sum({{ whole_row_version('engagements') }}) as engagements_version

    from account_engagements as engagements

    inner join account_reaches
        on
            engagements.account_key = account_reaches.account_key
            and engagements.counts_from <= account_reaches.last_as_of
            and engagements.counts_until_90d > account_reaches.first_as_of

    group by engagements.account_key

),

colleagues as (

    select
        account_leads.lead_key,
        account_leads.account_key,
        account_leads.account_known_at,
        account_versions.engagements_version

    from account_leads

    inner join account_versions
        on account_leads.account_key = account_versions.account_key

    inner join reaches
        on account_leads.lead_key = reaches.lead_key

),

profiles as (

    select
        profiles.lead_key,
        profiles.employee_count,
        profiles.employee_count_known_at,
        profiles.lead_source,
        profiles.lead_source_known_at,
        profiles.channel,
        profiles.channel_known_at,
        profiles.first_campaign_id,
        profiles.first_campaign_id_known_at,
        profiles.persona,
        profiles.job_level,
        profiles.title_group,
        profiles.job_title_known_at,
        profiles.industry,
        profiles.industry_known_at,
        profiles.country_code,
        profiles.country_code_known_at,
        profiles.email_class,
        profiles.email_domain_known_at

    from {{ ref('lead_profiles') }} as profiles

    inner join reaches
        on profiles.lead_key = reaches.lead_key

),

{# Events are taken from a model that remembers what it was made from. The account book does so too,
   but it changes each day that an award expires, which few examples can read. #}
event_versions as (

    select
        lead_events.lead_key,
        max(lead_events.lead_version) as lead_version

    from {{ ref('lead_events') }} as lead_events

    inner join reaches
        on lead_events.lead_key = reaches.lead_key

    group by lead_events.lead_key

),

{% call by_lead(
    inputs={
        'spine': 'moments',
        'feature_events': 'feature_events',
        'feature_points': 'feature_points',
        'colleagues': 'colleagues',
        'profiles': 'profiles',
    },
    linked=['account_leads', 'account_engagements'],
    order_by='lead_key, as_of',
    versions={'feature_events': 'event_versions'},
    buckets_by=ref('cycle_bounds')
) %}

{{ lead_features(
    'spine',
    profiles='profiles',
    events='feature_events',
    points='feature_points',
    account_leads='account_leads',
    account_engagements='account_engagements'
) }},

final as (

    select
        spine.example_kind,
        spine.cycle_number,
        spine.stage,
        lead_features.*,
        case
            when not spine.is_mature then 'immature'
            when not spine.are_wins_seen then 'wins_unseen'
            when spine.won_at is not null then 'won'
            when spine.is_account_won then 'account_won'
            when coalesce(spine.is_worked, true) then 'lost'
            else 'never_worked'
        end as label_state,
        case
            when spine.is_mature and spine.are_wins_seen and not spine.is_account_won
                then spine.won_at is not null
        end as is_won,
        spine.is_worked,
        spine.won_at,
        spine.won_amount,
        spine.label_known_at

    from spine

    inner join lead_features
        on
            spine.lead_key = lead_features.lead_key
            and spine.as_of = lead_features.as_of

)

{% endcall %}
