{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

{# One row per person: each attribute as first known, with when it was known.
   What was first known does not change with what comes later, so the same
   value serves today's lead and a decision of the past. #}
{% set attributes = [
    'job_title', 'company_name', 'industry', 'employee_count', 'country_code',
    'lead_source', 'lead_source_detail', 'email_domain', 'campaign_id', 'utm',
] %}

with

people as (

    select distinct lead_key from {{ ref('identity_members') }}

),

personas as (

    select * from {{ ref('personas') }}

),

channels as (

    select * from {{ ref('channels') }}

),

free_mail_domains as (

    select distinct lower(domain) as domain from {{ ref('free_mail_domains') }}

),

{% call by_lead(
    inputs={'leads': 'people', 'attribute_values': ref('int_lead_attribute_values')},
    shared=['personas', 'channels', 'free_mail_domains']
) %}


ranked as (

    select
        attribute_values.*,
        row_number() over (
            partition by attribute_values.lead_key, attribute_values.attribute
            order by
                attribute_values.known_at,
                attribute_values.observed_at,
                attribute_values.preference_rank,
                attribute_values.value
        ) as seniority

    from attribute_values

),

pivoted as (

    select
        lead_key,
        {% for attribute in attributes %}
        max(case when attribute = '{{ attribute }}' then value end)
            as {{ attribute }},
        max(case when attribute = '{{ attribute }}' then known_at end)
            as {{ attribute }}_known_at{% if not loop.last %},{% endif %}

        {% endfor %}

    from ranked

    where seniority = 1

    group by lead_key

),

titles as (

    select distinct job_title

    from pivoted

    where job_title is not null

),

{# The longest pattern that fits names the persona. #}
title_matches as (

    select
        titles.job_title,
        lower(trim(replace(personas.title_pattern, '%', ' '))) as title_group,
        {{ seed_text('personas.persona') }} as persona,
        {{ seed_text('personas.job_level') }} as job_level,
        row_number() over (
            partition by titles.job_title
            order by
                length(personas.title_pattern) desc,
                personas.title_pattern,
                personas.persona
        ) as preference_rank

    from titles

    inner join personas
        on lower(titles.job_title) like lower(personas.title_pattern)

),

{# The channel is read from what was known first, and only where that says nothing
   from all there is: a campaign tag that turns up after the CRM's word would
   change what a decision of the past had seen. #}
first_origins as (

    select
        lead_key,
        case
            when utm_known_at <= coalesce(lead_source_known_at, utm_known_at)
                then utm
        end as utm,
        case
            when lead_source_known_at <= coalesce(utm_known_at, lead_source_known_at)
                then lead_source
        end as lead_source,
        case
            when
                lead_source_known_at <= coalesce(utm_known_at, lead_source_known_at)
                and lead_source_detail_known_at <= lead_source_known_at
                then lead_source_detail
        end as lead_source_detail

    from pivoted

),

origins as (

    select
        utm,
        lead_source,
        lead_source_detail

    from first_origins

    union distinct

    select
        utm,
        lead_source,
        case when lead_source_detail_known_at <= lead_source_known_at then lead_source_detail end as lead_source_detail

    from pivoted

),

{# A channel line fits when each of its filled cells does; what the tracker saw
   goes before what the CRM says, and its word before what it says beside it. #}
origin_matches as (

    select
        origins.utm,
        origins.lead_source,
        origins.lead_source_detail,
        channels.channel,
        row_number() over (
            partition by origins.utm, origins.lead_source, origins.lead_source_detail
            order by
                case when {{ seed_text('channels.utm_source') }} != '' then 0 else 1 end,
                case when {{ seed_text('channels.utm_medium') }} != '' then 0 else 1 end,
                case
                    when lower(origins.lead_source) = {{ seed_text('channels.lead_source') }} then 0
                    else 1
                end,
                channels.channel
        ) as preference_rank

    from origins

    inner join channels
        on
            (
                {{ seed_text('channels.utm_source') }} = ''
                or split_part(origins.utm, '|', 1) = {{ seed_text('channels.utm_source') }}
            )
            and (
                {{ seed_text('channels.utm_medium') }} = ''
                or split_part(origins.utm, '|', 2) = {{ seed_text('channels.utm_medium') }}
            )
            and (
                {{ seed_text('channels.lead_source') }} = ''
                or lower(origins.lead_source) = {{ seed_text('channels.lead_source') }}
                {# Several words of detail are parted by slashes. #}
                or {{ seed_text('channels.lead_source') }} in (
                    origins.lead_source_detail,
                    split_part(origins.lead_source_detail, ' / ', 1),
                    split_part(origins.lead_source_detail, ' / ', 2)
                )
            )

),

final as (

    select
        leads.lead_key,
        pivoted.job_title,
        pivoted.job_title_known_at,
        title_matches.title_group,
        title_matches.persona,
        title_matches.job_level,
        pivoted.company_name,
        lower(pivoted.industry) as industry,
        pivoted.industry_known_at,
        try_cast(pivoted.employee_count as bigint) as employee_count,
        pivoted.employee_count_known_at,
        upper(pivoted.country_code) as country_code,
        pivoted.country_code_known_at,
        pivoted.lead_source,
        pivoted.lead_source_known_at,
        pivoted.email_domain,
        pivoted.email_domain_known_at,
        case
            when pivoted.email_domain is null then 'none'
            when free_mail_domains.domain is not null then 'free_mail'
            else 'business'
        end as email_class,
        pivoted.campaign_id as first_campaign_id,
        pivoted.campaign_id_known_at as first_campaign_id_known_at,
        coalesce(first_matches.channel, all_matches.channel) as channel,
        {# Known with the earliest of what it is made from, if that was enough. #}
        case
            when first_matches.channel is null and all_matches.channel is not null
                then greatest(
                    coalesce(pivoted.utm_known_at, pivoted.lead_source_known_at),
                    coalesce(pivoted.lead_source_known_at, pivoted.utm_known_at)
                )
            else least(
                coalesce(pivoted.utm_known_at, pivoted.lead_source_known_at),
                coalesce(pivoted.lead_source_known_at, pivoted.utm_known_at)
            )
        end as channel_known_at

    from leads

    left join pivoted
        on leads.lead_key = pivoted.lead_key

    left join title_matches
        on
            pivoted.job_title = title_matches.job_title
            and title_matches.preference_rank = 1

    left join first_origins
        on leads.lead_key = first_origins.lead_key

    left join origin_matches as first_matches
        on
            first_origins.utm is not distinct from first_matches.utm
            and first_origins.lead_source is not distinct from first_matches.lead_source
            and first_origins.lead_source_detail is not distinct from first_matches.lead_source_detail
            and first_matches.preference_rank = 1

    left join origin_matches as all_matches
        on
            pivoted.utm is not distinct from all_matches.utm
            and pivoted.lead_source is not distinct from all_matches.lead_source
            and case
                when pivoted.lead_source_detail_known_at <= pivoted.lead_source_known_at
                    then pivoted.lead_source_detail
            end is not distinct from all_matches.lead_source_detail
            and all_matches.preference_rank = 1

    left join free_mail_domains
        on pivoted.email_domain = free_mail_domains.domain

)

{% endcall %}
