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

example_reaches as (

    {{ feature_reaches('moments') }}

),

{{ account_engagements(ref('lead_accounts'), ref('lead_events')) }},

{# What the leads of an account can read of one another, by the week in which it begins to count:
   what somebody does now touches no colleague whose examples lie before. #}
account_weeks as (

    select
        engagements.account_key,
        {{ week_start(add_micros('engagements.counts_from', -1)) }} as week_start_at,
        max(engagements.counts_until_90d) as counts_until,
        sum({{ whole_row_version('engagements') }}) as engagements_version

    from account_engagements as engagements

    group by
        engagements.account_key,
        {{ week_start(add_micros('engagements.counts_from', -1)) }}

),

colleagues as (

    select
        account_leads.lead_key,
        account_leads.account_key,
        account_leads.account_known_at,
        sum(account_weeks.engagements_version) as engagements_version

    from account_leads

    inner join example_reaches as reaches
        on account_leads.lead_key = reaches.lead_key

    inner join account_weeks
        on
            account_leads.account_key = account_weeks.account_key
            and reaches.last_as_of > account_weeks.week_start_at
            and reaches.first_as_of < account_weeks.counts_until

    group by account_leads.lead_key, account_leads.account_key, account_leads.account_known_at

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

    inner join example_reaches as reaches
        on profiles.lead_key = reaches.lead_key

),

{# Features are made of touched leads alone. Events are taken from a model that remembers what it was
   made from. The points ledger does so too, but it changes each day that an award expires, which
   few examples can read: what tells here are the rows that they can. #}
event_versions as (

    select
        reaches.lead_key,
        versions.lead_version

    from example_reaches as reaches

    inner join (
        select
            lead_key,
            max(lead_version) as lead_version

        from {{ ref('lead_events') }}

        group by lead_key
    ) as versions
        on reaches.lead_key = versions.lead_key

),

readable_behavior as (

    {{ behavior_points('example_reaches', ref('points_ledger')) }}

),

readable_fit as (

    {{ fit_points('example_reaches', ref('fit_awards')) }}

),

{% call by_lead(
    inputs={
        'spine': 'moments',
        'events': ref('lead_events'),
        'ledger': ref('points_ledger'),
        'fit': ref('fit_awards'),
        'colleagues': 'colleagues',
        'profiles': 'profiles',
    },
    linked=['account_leads', 'account_engagements'],
    order_by='lead_key, as_of',
    versions={
        'events': 'event_versions',
        'ledger': 'readable_behavior',
        'fit': 'readable_fit',
    },
    buckets_by=ref('cycle_bounds')
) %}

{{ feature_inputs('spine', lead_events='events', points_ledger='ledger', fit_awards='fit') }},

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
