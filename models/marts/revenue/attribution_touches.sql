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
        *,
        sum(decay_weight) over (partition by level, conversion, conversion_id)
            as decay_weights,
        sum(removal_effect) over (partition by level, conversion, conversion_id)
            as removal_effects

    from weighted

),

final as (

    select
        level,
        conversion,
        conversion_id,
        cast(touch_number as int) as touch_number,
        cast(touches as int) as touches,
        converted_at,
        lead_key,
        touch_key,
        touched_at,
        {{ days_between('touched_at', 'converted_at') }} as days_before,
        channel,
        campaign_id,
        content_id,
        removal_effect,
        cast(case when touch_number <= 1 then 1 else 0 end as double) as first_credit,
        cast(case when touch_number = touches then 1 else 0 end as double) as last_credit,
        cast(1 as double) / greatest(touches, 1) as linear_credit,
        case
            when touches <= 1 then cast(1 as double)
            when touches = 2
                then coalesce(
                    case when touch_number = 1 then first_share else last_share end
                    / nullif(first_share + last_share, 0),
                    cast(0.5 as double)
                )
            when touch_number = 1 then first_share
            when touch_number = touches then last_share
            else (1 - first_share - last_share) / (touches - 2)
        end as position_credit,
        coalesce(decay_weight / nullif(decay_weights, 0), cast(1 as double) / greatest(touches, 1))
            as time_decay_credit,
        coalesce(
            removal_effect / nullif(removal_effects, 0), cast(1 as double) / greatest(touches, 1)
        ) as removal_effect_credit

    from summed

)

select * from final
order by level, conversion, conversion_id, touch_number
