{# What each feature adds to each open lead's logit, by the champion's terms. #}
{{ lead_contributions(
    'select model_version from ' ~ ref('int_champion'),
    ref('fct_lead_features'),
    source('ml', 'model_terms')
) }}
