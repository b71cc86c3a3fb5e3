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
{#- Powers of two add up to the steps: so many times fewer products. -#}
{%- set powers = [] -%}
{%- for power in [1, 2, 4, 8, 16, 32, 64] if power <= steps -%}
    {%- do powers.append(power) -%}
{%- endfor -%}
{%- set gone = [] -%}
with

targets as (

    select distinct
        level,
        conversion,
        to_channel as target

    from {{ chain_steps }}

    where to_channel != '(none)'

),

{# By state that is to be reached, the chain that ends there. #}
chain_1 as (

    select
        targets.level,
        targets.conversion,
        targets.target,
        steps.from_channel,
        steps.to_channel,
        steps.share

    from targets

    inner join {{ chain_steps }} as steps
        on
            targets.level = steps.level
            and targets.conversion = steps.conversion
            and targets.target != steps.from_channel

    where steps.to_channel != '(none)'

    union all

    select
        level,
        conversion,
        target,
        target as from_channel,
        target as to_channel,
        cast(1 as double) as share

    from targets

),

{% for power in powers if power > 1 %}
chain_{{ power }} as (

    select
        first_half.level,
        first_half.conversion,
        first_half.target,
        first_half.from_channel,
        second_half.to_channel,
        sum(first_half.share * second_half.share) as share

    from chain_{{ power // 2 }} as first_half

    inner join chain_{{ power // 2 }} as second_half
        on
            first_half.level = second_half.level
            and first_half.conversion = second_half.conversion
            and first_half.target = second_half.target
            and first_half.to_channel = second_half.from_channel

    group by
        first_half.level,
        first_half.conversion,
        first_half.target,
        first_half.from_channel,
        second_half.to_channel

),

{% endfor %}
{# The chance to get from one state to another in at most so many steps. #}
{% for power in powers if (steps // power) % 2 == 1 %}
{%- set before = gone | sum %}
{%- do gone.append(power) %}
reached_{{ before + power }} as (

    select
        chain.level,
        chain.conversion,
        chain.from_channel,
        chain.target as to_channel,
        {%- if before %}
        sum(chain.share * reached.reached) as reached
        {%- else %}
        chain.share as reached
        {%- endif %}

    from chain_{{ power }} as chain
    {%- if before %}

    inner join reached_{{ before }} as reached
        on
            chain.level = reached.level
            and chain.conversion = reached.conversion
            and chain.target = reached.to_channel
            and chain.to_channel = reached.from_channel

    group by chain.level, chain.conversion, chain.from_channel, chain.target
    {%- else %}

    where chain.to_channel = chain.target
    {%- endif %}

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
