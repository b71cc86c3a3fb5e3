{# How often a lead moves on in the funnel after a piece of content. Only first
   uses count that are at least the window old, so that every lead has had its
   chance. Rates of seldom-used content are drawn towards those of their type,
   and those towards the mean of all. #}
{% set prior_weight = var('content_prior_weight') %}

with

catalog as (

    select
        {{ seed_text('content_id') }} as content_id,
        {{ seed_text('title') }} as title,
        {{ seed_text('content_type') }} as content_type,
        nullif({{ seed_text('topic') }}, '') as topic,
        nullif({{ seed_text('persona') }}, '') as persona,
        nullif({{ seed_text('stage') }}, '') as stage

    from {{ ref('content_catalog') }}

),

uses as (

    select * from {{ ref('int_content_uses') }}

),

used as (

    select
        content_id,
        count(*) as consumers,
        sum(case when is_mature then 1 else 0 end) as mature_consumers,
        sum(case when is_mature and has_advanced then 1 else 0 end) as advanced

    from uses

    group by content_id

),

counted as (

    select
        catalog.*,
        cast(coalesce(used.consumers, 0) as bigint) as consumers,
        cast(coalesce(used.mature_consumers, 0) as bigint) as mature_consumers,
        cast(coalesce(used.advanced, 0) as bigint) as advanced

    from catalog

    left join used
        on catalog.content_id = used.content_id

),

overall as (

    select
        cast(sum(advanced) as double) / nullif(sum(mature_consumers), 0)
            as advance_rate

    from counted

),

type_rates as (

    select
        counted.content_type,
        (
            cast(sum(counted.advanced) as double)
            + {{ prior_weight }} * coalesce(max(overall.advance_rate), 0)
        ) / (sum(counted.mature_consumers) + {{ prior_weight }}) as advance_rate

    from counted

    cross join overall

    group by counted.content_type

),

final as (

    select
        counted.content_id,
        counted.title,
        counted.content_type,
        counted.topic,
        counted.persona,
        counted.stage,
        counted.consumers,
        counted.mature_consumers,
        counted.advanced,
        cast(counted.advanced as double) / nullif(counted.mature_consumers, 0)
            as observed_rate,
        (
            cast(counted.advanced as double)
            + {{ prior_weight }} * type_rates.advance_rate
        ) / (counted.mature_consumers + {{ prior_weight }}) as advance_rate,
        {{ wilson_bound('counted.advanced', 'counted.mature_consumers', 'low') }}
            as advance_rate_low,
        {{ wilson_bound('counted.advanced', 'counted.mature_consumers', 'high') }}
            as advance_rate_high

    from counted

    inner join type_rates
        on counted.content_type = type_rates.content_type

)

select * from final

order by content_id
