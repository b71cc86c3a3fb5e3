{# How often a lead moves on in the funnel after a piece of content. Only first
   uses count that are at least the window old, so that every lead has had its
   chance. Rates of seldom-used content are drawn towards those of their type,
   and those towards the mean of all. #}
{% set window_days = var('content_window_days', 30) %}
{% set prior_weight = var('content_prior_weight', 20) %}

with

clock as (

    select * from {{ ref('int_clock') }}

),

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

consumption as (

    select * from {{ ref('int_content_consumption') }}

),

transitions as (

    select * from {{ ref('fct_stage_transitions') }}

),

advances as (

    select
        lead_key,
        entered_at

    from transitions

    where kind in ('forward', 'skip')

),

mature_uses as (

    select
        consumption.lead_key,
        consumption.content_id,
        consumption.first_consumed_at

    from consumption

    cross join clock

    where
        {{ add_days('consumption.first_consumed_at', window_days) }}
        <= clock.as_of

),

followed as (

    select
        mature_uses.lead_key,
        mature_uses.content_id,
        max(case when advances.lead_key is null then 0 else 1 end) as has_advanced

    from mature_uses

    left join advances
        on
            mature_uses.lead_key = advances.lead_key
            and advances.entered_at > mature_uses.first_consumed_at
            and advances.entered_at
            <= {{ add_days('mature_uses.first_consumed_at', window_days) }}

    group by mature_uses.lead_key, mature_uses.content_id

),

used as (

    select
        content_id,
        count(*) as mature_consumers,
        sum(has_advanced) as advanced

    from followed

    group by content_id

),

all_uses as (

    select
        content_id,
        count(*) as consumers

    from consumption

    group by content_id

),

counted as (

    select
        catalog.*,
        cast(coalesce(all_uses.consumers, 0) as bigint) as consumers,
        cast(coalesce(used.mature_consumers, 0) as bigint) as mature_consumers,
        cast(coalesce(used.advanced, 0) as bigint) as advanced

    from catalog

    left join all_uses
        on catalog.content_id = all_uses.content_id

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
