{# One row per user agent, with whether it is a bot: patterns are matched once
   per distinct agent. A pattern may hold words that people's phones bear too. #}
with

user_agents as (

    select * from {{ ref('stg_raw__user_agents') }}

),

bots as (

    select distinct user_agents.user_agent_key

    from user_agents

    inner join {{ ref('bot_user_agents') }} as patterns
        on lower(user_agents.user_agent) like lower(patterns.pattern)

    where
        {{ seed_text('patterns.unless') }} = ''
        or lower(user_agents.user_agent) not like lower({{ seed_text('patterns.unless') }})

),

final as (

    select
        user_agents.user_agent_key,
        bots.user_agent_key is not null as is_bot

    from user_agents

    left join bots
        on user_agents.user_agent_key = bots.user_agent_key

)

select * from final
