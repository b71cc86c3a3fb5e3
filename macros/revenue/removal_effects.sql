{#- How much of the conversions would be lost without a channel, in a Markov chain of first
    order. Archak, Mirrokni and Muthukrishnan (2010), WWW '10, 31-40; Anderl, Becker, von
    Wangenheim and Schumann (2016), International Journal of Research in Marketing 33, 457-474.
    They take the channel out of the chain and see how many convert still. Those who do not are
    those who come through it and convert afterwards: the chance to get to the channel, times the
    chance to convert from there, of the chance to convert at all. So each is a chance to get
    from one state to another for the first time, and the chain is gone through once for all
    channels. It is followed for so many steps; what has not got there by then is left out.
    chain_steps   relation of int_channel_steps
    steps         how far it is followed -#}
{% macro removal_effects(chain_steps, steps=30) -%}
with

{# The chance to get from one state to another in at most so many steps. #}
reached_1 as (

    select
        level,
        conversion,
        from_channel,
        to_channel,
        share as reached

    from {{ chain_steps }}

    where to_channel != '(none)'

),

{% for step in range(2, steps + 1) %}
reached_{{ step }} as (

    select
        level,
        conversion,
        from_channel,
        to_channel,
        sum(reached) as reached

    from (
        select
            level,
            conversion,
            from_channel,
            to_channel,
            share as reached

        from {{ chain_steps }}

        where to_channel != '(none)'

        union all

        select
            steps.level,
            steps.conversion,
            steps.from_channel,
            reached.to_channel,
            steps.share * reached.reached as reached

        from {{ chain_steps }} as steps

        inner join reached_{{ step - 1 }} as reached
            on
                steps.level = reached.level
                and steps.conversion = reached.conversion
                and steps.to_channel = reached.from_channel

        where steps.to_channel != reached.to_channel
    ) as both_ways

    group by level, conversion, from_channel, to_channel

),
{% endfor %}

pairs as (

    select
        level,
        conversion,
        case when from_channel = '(start)' then to_channel else from_channel end as channel,
        max(case when from_channel = '(start)' then reached end) as came_there,
        max(case when from_channel != '(start)' then reached end) as converted_after

    from reached_{{ steps }}

    where from_channel = '(start)' or to_channel = '(conversion)'

    group by
        level,
        conversion,
        case when from_channel = '(start)' then to_channel else from_channel end

),

of_all as (

    select
        *,
        max(case when channel = '(conversion)' then came_there end) over (
            partition by level, conversion
        ) as converted

    from pairs

)

select
    level,
    conversion,
    channel,
    came_there * converted_after / converted as removal_effect

from of_all

where channel != '(conversion)'
{%- endmacro %}
