{# Within a cycle, a stage is left no earlier than it was entered. #}
select stage_transition_key

from {{ ref('fct_stage_transitions') }}

where exited_at < entered_at
