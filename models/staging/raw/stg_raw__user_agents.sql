select distinct
    {{ key(['user_agent']) }} as user_agent_key,
    user_agent

from {{ ref('base_raw__user_agents') }}
