{# One row per level, conversion and step from one channel to the next, with the share of
   steps out of the first that it is: a Markov chain of first order. Touches of one channel
   in a row are one step. That changes no chance of getting from one channel to another, and
   shortens what has to be followed. #}
with

touches as (

    select
        journey_key,
        level,
        conversion,
        is_converted,
        touch_number,
        channel,
        lag(channel) over (
            partition by journey_key
            order by touch_number
        ) as last_channel

    from {{ ref('int_journey_touches') }}

),

changes as (

    select
        *,
        lead(channel) over (
            partition by journey_key
            order by touch_number
        ) as next_channel

    from touches

    where channel is distinct from last_channel

),

steps as (

    select
        level,
        conversion,
        '(start)' as from_channel,
        channel as to_channel,
        count(*) as journeys

    from changes

    where last_channel is null

    group by level, conversion, channel

    union all

    select
        level,
        conversion,
        channel as from_channel,
        coalesce(next_channel, case when is_converted = 1 then '(conversion)' else '(none)' end)
            as to_channel,
        count(*) as journeys

    from changes

    group by
        level,
        conversion,
        channel,
        coalesce(next_channel, case when is_converted = 1 then '(conversion)' else '(none)' end)

),

final as (

    select
        level,
        conversion,
        from_channel,
        to_channel,
        journeys,
        cast(journeys as double)
        / sum(journeys) over (partition by level, conversion, from_channel) as share

    from steps

)

select * from final
