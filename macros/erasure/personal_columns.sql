{#- What names a person in each raw table that tells of persons.

    ids      by type of identifier, the columns that hold one: a row is erased
             where one of them names an erased person
    texts    columns that reach a table of ours and into which people write all
             sorts of things: a row is erased where one of them holds an erased
             person's e-mail address
    devices  whether the row was seen on a device, see erased_rows
    forgets  columns emptied where they name something erased in a row that is
             another person's and stays
    unread   columns that no table of ours reads: emptied, whatever they hold; of
             page_url and referrer_url the query -#}
{% macro personal_columns() %}
    {{ return({
        'web_events': {
            'ids': {'email': ['email'], 'user': ['user_id']},
            'texts': ['event_name', 'user_id', 'page_url', 'referrer_url', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'],
            'devices': true,
            'forgets': {'anonymous_id': 'device'},
            'unread': ['page_title', 'properties'],
        },
        'form_submissions': {
            'ids': {'email': ['email']},
            'texts': ['submission_id', 'anonymous_id', 'first_name', 'last_name', 'company_name', 'job_title', 'phone', 'page_url', 'utm_source', 'utm_medium', 'utm_campaign'],
            'devices': true,
            'forgets': {'anonymous_id': 'device'},
            'unread': ['fields'],
        },
        'email_events': {
            'ids': {'email': ['email']},
            'texts': ['event_id', 'content_id', 'url'],
        },
        'campaign_responses': {
            'ids': {'email': ['email'], 'crm_lead': ['crm_lead_id']},
            'texts': ['response_id', 'content_id'],
        },
        'crm_leads': {
            'ids': {'email': ['email'], 'crm_lead': ['lead_id', 'merged_into_lead_id'], 'crm_contact': ['converted_contact_id']},
            'texts': ['first_name', 'last_name', 'company_name', 'website', 'job_title', 'phone', 'lead_source', 'rating'],
            'forgets': {'converted_opportunity_id': 'crm_opportunity'},
        },
        'crm_lead_history': {
            'ids': {'crm_lead': ['lead_id']},
            'texts': ['old_value', 'new_value'],
        },
        'crm_contacts': {
            'ids': {'email': ['email'], 'crm_contact': ['contact_id']},
            'texts': ['first_name', 'last_name', 'job_title', 'phone'],
        },
        'crm_opportunities': {
            'ids': {'crm_lead': ['lead_id'], 'crm_contact': ['contact_id']},
            'texts': ['lost_reason'],
        },
        'crm_opportunity_history': {
            'ids': {'crm_opportunity': ['opportunity_id']},
            'texts': [],
        },
        'crm_activities': {
            'ids': {'crm_lead': ['lead_id'], 'crm_contact': ['contact_id'], 'crm_opportunity': ['opportunity_of_nobody_else']},
            'texts': ['outcome'],
            'forgets': {'opportunity_id': 'crm_opportunity'},
        },
        'erasure_requests': {
            'ids': {'email': ['email'], 'device': ['anonymous_id'], 'crm_lead': ['crm_lead_id']},
            'texts': [],
        },
    }) }}
{% endmacro %}
