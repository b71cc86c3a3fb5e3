{# What each feature adds to each open lead's logit, by the champion's terms. Customers are left
   to the points until training had enough of them. #}
{{ lead_contributions(
    'select model_version from ' ~ ref('int_champion'),
    ref('fct_lead_features'),
    source('ml', 'model_terms'),
    scored_if="(not features.is_customer_asking or (select max(expansion_cycles) from "
    ~ ref('int_champion') ~ ') >= ' ~ var('expansion_cycles_needed') ~ ')'
) }}
