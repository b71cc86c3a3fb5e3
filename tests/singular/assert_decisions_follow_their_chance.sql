{# A chance is a share; who was sure to be handed over was, and who had none was not. #}
select
    lead_key,
    decided_at,
    propensity,
    is_handed_over

from {{ ref('handoff_decisions') }}

where
    propensity < 0
    or propensity > 1
    or (propensity = 1 and not is_handed_over)
    or (propensity = 0 and is_handed_over)
