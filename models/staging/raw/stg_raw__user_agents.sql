with

user_agents as (

    select distinct user_agent
    from {{ ref('base_raw__web_events') }}
    where reject_reason is null and user_agent is not null

),

final as (

    select
        {{ key(['user_agent']) }} as user_agent_key,
        user_agent

    from user_agents

)

select * from final
