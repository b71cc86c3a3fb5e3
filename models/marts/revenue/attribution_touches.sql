{# The removal effects are of channels. Within a journey its touches share by those of their
   channels, so that each deal's amount goes to its own touches. #}
with

settings as (

    select
        {% for setting in ['first_share', 'last_share', 'half_life_days'] %}
        max(case when setting = '{{ setting }}' then setting_value end)
            as {{ setting }}{{ ',' if not loop.last }}
        {% endfor %}

    from {{ ref('attribution_settings') }}

),

levels as (

    select 'person' as level

    union all

    select 'account' as level

),

conversions as (

    select
        'deal' as conversion,
        opportunity_id as conversion_id,
        created_at as converted_at

    from {{ ref('fct_opportunities') }}

    union all

    select
        'mql' as conversion,
        cast(lead_key as string) || '|' || cast(cycle_number as string) as conversion_id,
        marketing_mql_at as converted_at

    from {{ ref('fct_lead_cycles') }}

    where marketing_mql_at is not null

),

removal_effects as (

    {{ removal_effects(ref('int_channel_steps')) | indent(4) }}

),

weighted as (

    select
        levels.level,
        conversions.conversion,
        conversions.conversion_id,
        conversions.converted_at,
        coalesce(journeys.touches, 0) as touches,
        coalesce(journeys.touch_number, 0) as touch_number,
        journeys.journey_key,
        journeys.lead_key,
        journeys.touch_key,
        journeys.touched_at,
        coalesce(journeys.channel, 'unknown') as channel,
        coalesce(journeys.campaign_id, '(null)') as campaign_id,
        coalesce(journeys.content_id, '(null)') as content_id,
        removal_effects.removal_effect,
        power(
            cast(2 as double),
            -{{ days_between('journeys.touched_at', 'conversions.converted_at') }}
            / settings.half_life_days
        ) as decay_weight,
        settings.first_share,
        settings.last_share

    from conversions

    cross join levels

    cross join settings

    left join {{ ref('int_journey_touches') }} as journeys
        on
            levels.level = journeys.level
            and conversions.conversion = journeys.conversion
            and conversions.conversion_id = journeys.conversion_id
            and journeys.is_converted = 1

    left join removal_effects
        on
            journeys.level = removal_effects.level
            and journeys.conversion = removal_effects.conversion
            and journeys.channel = removal_effects.channel

),

summed as (

    select
        journey_key,
        sum(decay_weight) as decay_weights,
        sum(removal_effect) as removal_effects

    from weighted

    where journey_key is not null

    group by journey_key

),

final as (

    select
        weighted.level,
        weighted.conversion,
        weighted.conversion_id,
        cast(weighted.touch_number as int) as touch_number,
        cast(weighted.touches as int) as touches,
        weighted.converted_at,
        weighted.lead_key,
        weighted.touch_key,
        weighted.touched_at,
        {{ days_between('weighted.touched_at', 'weighted.converted_at') }} as days_before,
        weighted.channel,
        weighted.campaign_id,
        weighted.content_id,
        weighted.removal_effect,
        cast(case when weighted.touch_number <= 1 then 1 else 0 end as double) as first_credit,
        cast(case when weighted.touch_number = weighted.touches then 1 else 0 end as double)
            as last_credit,
        cast(1 as double) / greatest(weighted.touches, 1) as linear_credit,
        case
            when weighted.touches <= 1 then cast(1 as double)
            when weighted.touches = 2
                then coalesce(
                    case
                        when weighted.touch_number = 1 then weighted.first_share
                        else weighted.last_share
                    end
                    / nullif(weighted.first_share + weighted.last_share, 0),
                    cast(0.5 as double)
                )
            when weighted.touch_number = 1 then weighted.first_share
            when weighted.touch_number = weighted.touches then weighted.last_share
            else (1 - weighted.first_share - weighted.last_share) / (weighted.touches - 2)
        end as position_credit,
        coalesce(
            weighted.decay_weight / nullif(summed.decay_weights, 0),
            cast(1 as double) / greatest(weighted.touches, 1)
        ) as time_decay_credit,
        coalesce(
            weighted.removal_effect / nullif(summed.removal_effects, 0),
            cast(1 as double) / greatest(weighted.touches, 1)
        ) as removal_effect_credit

    from weighted

    left join summed
        on weighted.journey_key = summed.journey_key

)

select * from final
order by level, conversion, conversion_id, touch_number
