{# What each feature adds to each open lead's logit, by the champion's terms. #}
{{ lead_contributions(
    champion_model(), ref('fct_lead_features'), source('ml', 'model_terms')
) }}
