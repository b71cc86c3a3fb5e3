{#- Made of lead_funnel/raw/contract.yml, which says what each word means, by
    `python -m lead_funnel.raw.document`. Edit that file, not this one. -#}

{#- The raw tables: how each is read. -#}
{% macro raw_tables() %}
    {{ return({
        'web_events': {
            'key': ['event_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'columns': {'event_id': 'text', 'event_name': 'text', 'occurred_at': 'time',
                'anonymous_id': 'text', 'user_id': 'text', 'email': 'email', 'session_id': 'text',
                'page_url': 'url', 'page_title': 'text', 'referrer_url': 'url',
                'utm_source': 'lower', 'utm_medium': 'lower', 'utm_campaign': 'lower',
                'utm_content': 'lower', 'utm_term': 'lower', 'user_agent': 'text',
                'country_code': 'upper', 'properties': 'json'},
        },
        'form_submissions': {
            'key': ['submission_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'columns': {'submission_id': 'text', 'form_id': 'text', 'occurred_at': 'time',
                'anonymous_id': 'text', 'email': 'email', 'first_name': 'text', 'last_name': 'text',
                'company_name': 'text', 'job_title': 'text', 'phone': 'text',
                'country_code': 'upper', 'employee_count': 'integer',
                'consent_marketing': 'boolean', 'page_url': 'url', 'utm_source': 'lower',
                'utm_medium': 'lower', 'utm_campaign': 'lower', 'fields': 'json'},
        },
        'email_events': {
            'key': ['event_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'values': {'event_name': ['delivered', 'opened', 'clicked', 'bounced', 'unsubscribed',
                'complained']},
            'columns': {'event_id': 'text', 'event_name': 'lower', 'occurred_at': 'time',
                'email': 'email', 'campaign_id': 'text', 'content_id': 'text', 'url': 'url'},
        },
        'campaign_responses': {
            'key': ['response_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'columns': {'response_id': 'text', 'campaign_id': 'text', 'occurred_at': 'time',
                'email': 'email', 'crm_lead_id': 'text', 'response_type': 'lower',
                'content_id': 'text', 'is_deleted': 'boolean'},
        },
        'crm_leads': {
            'key': ['lead_id'],
            'own_times': ['created_at', 'updated_at', 'converted_at'],
            'required': ['created_at'],
            'columns': {'lead_id': 'text', 'created_at': 'time', 'updated_at': 'time',
                'email': 'email', 'first_name': 'text', 'last_name': 'text', 'company_name': 'text',
                'website': 'lower', 'job_title': 'text', 'phone': 'text', 'industry': 'text',
                'employee_count': 'integer', 'country_code': 'upper', 'lead_source': 'text',
                'status': 'text', 'rating': 'text', 'owner_id': 'text', 'converted_at': 'time',
                'converted_contact_id': 'text', 'converted_account_id': 'text',
                'converted_opportunity_id': 'text', 'merged_into_lead_id': 'text',
                'hs_merged_object_ids': 'text', 'is_deleted': 'boolean',
                'has_opted_out': 'boolean'},
        },
        'crm_lead_history': {
            'key': ['history_id'],
            'own_times': ['changed_at'],
            'required': ['changed_at'],
            'columns': {'history_id': 'text', 'lead_id': 'text', 'field_name': 'lower',
                'old_value': 'text', 'new_value': 'text', 'changed_at': 'time',
                'changed_by': 'text'},
        },
        'crm_contacts': {
            'key': ['contact_id'],
            'own_times': ['created_at', 'updated_at'],
            'required': ['created_at'],
            'columns': {'contact_id': 'text', 'account_id': 'text', 'created_at': 'time',
                'updated_at': 'time', 'email': 'email', 'first_name': 'text', 'last_name': 'text',
                'job_title': 'text', 'phone': 'text', 'country_code': 'upper', 'owner_id': 'text',
                'is_deleted': 'boolean', 'has_opted_out': 'boolean'},
        },
        'crm_accounts': {
            'key': ['account_id'],
            'own_times': ['created_at', 'updated_at'],
            'required': ['created_at'],
            'columns': {'account_id': 'text', 'parent_account_id': 'text', 'created_at': 'time',
                'updated_at': 'time', 'name': 'text', 'domain': 'lower', 'industry': 'text',
                'employee_count': 'integer', 'country_code': 'upper', 'owner_id': 'text',
                'is_deleted': 'boolean'},
        },
        'crm_opportunities': {
            'key': ['opportunity_id'],
            'own_times': ['created_at', 'updated_at'],
            'own_times_if': {'closed_at': ['is_closed', 'is_won']},
            'required': ['created_at'],
            'columns': {'opportunity_id': 'text', 'account_id': 'text', 'lead_id': 'text',
                'contact_id': 'text', 'owner_id': 'text', 'created_at': 'time',
                'updated_at': 'time', 'stage_name': 'text', 'amount': 'number',
                'currency_code': 'upper', 'is_closed': 'boolean', 'is_won': 'boolean',
                'closed_at': 'time', 'lost_reason': 'text', 'is_deleted': 'boolean'},
        },
        'crm_opportunity_history': {
            'key': ['history_id'],
            'own_times': ['changed_at'],
            'required': ['changed_at'],
            'columns': {'history_id': 'text', 'opportunity_id': 'text', 'stage_name': 'text',
                'amount': 'number', 'changed_at': 'time'},
        },
        'crm_activities': {
            'key': ['activity_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'values': {'activity_type': ['call', 'email', 'meeting', 'task', 'note'],
                'direction': ['outbound', 'inbound']},
            'optional': ['direction'],
            'columns': {'activity_id': 'text', 'activity_type': 'lower', 'direction': 'lower',
                'occurred_at': 'time', 'lead_id': 'text', 'contact_id': 'text',
                'opportunity_id': 'text', 'rep_id': 'text', 'outcome': 'text',
                'duration_minutes': 'integer', 'is_deleted': 'boolean'},
        },
        'crm_reps': {
            'key': ['rep_id'],
            'own_times': [],
            'required': [],
            'columns': {'rep_id': 'text', 'name': 'text', 'email': 'email', 'team_id': 'text',
                'is_active': 'boolean', 'hired_at': 'time'},
        },
        'campaigns': {
            'key': ['campaign_id'],
            'own_times': [],
            'required': [],
            'columns': {'campaign_id': 'text', 'name': 'text', 'channel': 'lower',
                'started_at': 'time', 'ended_at': 'time', 'target_persona': 'text'},
        },
        'campaign_costs': {
            'key': ['campaign_id', 'cost_date'],
            'own_times': ['cost_date'],
            'required': ['cost_date'],
            'columns': {'campaign_id': 'text', 'cost_date': 'date', 'amount': 'number',
                'currency_code': 'upper'},
        },
        'erasure_requests': {
            'key': ['request_id'],
            'own_times': ['requested_at'],
            'required': ['requested_at'],
            'columns': {'request_id': 'text', 'requested_at': 'time', 'email': 'email',
                'anonymous_id': 'text', 'crm_lead_id': 'text'},
        },
    }) }}
{% endmacro %}

{#- The columns of one raw table as a dictionary from name to kind. -#}
{% macro raw_columns(raw_table) %}
    {{ return(lead_funnel.raw_tables()[raw_table]['columns']) }}
{% endmacro %}

{#- What names a person in each raw table that tells of persons.

    ids      by type of identifier, the columns that hold one
    alone    by column, others: it is an id, as <column>_alone, only where they are empty
    texts    columns that are searched for an e-mail address
    devices  whether the row was seen on a device
    forgets  columns emptied where they name something erased, with the type
    unread   columns emptied, whatever they hold -#}
{% macro personal_columns() %}
    {{ return({
        'web_events': {
            'ids': {'user': ['user_id'], 'email': ['email']},
            'texts': ['event_name', 'user_id', 'page_url', 'referrer_url', 'utm_source',
                'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'],
            'devices': True,
            'forgets': {'anonymous_id': 'device'},
            'unread': ['page_title', 'properties'],
        },
        'form_submissions': {
            'ids': {'email': ['email']},
            'texts': ['submission_id', 'anonymous_id', 'first_name', 'last_name', 'company_name',
                'job_title', 'phone', 'page_url', 'utm_source', 'utm_medium', 'utm_campaign'],
            'devices': True,
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
            'ids': {'crm_lead': ['lead_id', 'merged_into_lead_id'], 'email': ['email'],
                'crm_contact': ['converted_contact_id']},
            'texts': ['first_name', 'last_name', 'company_name', 'website', 'job_title', 'phone',
                'lead_source', 'rating'],
            'forgets': {'converted_opportunity_id': 'crm_opportunity'},
        },
        'crm_lead_history': {
            'ids': {'crm_lead': ['lead_id']},
            'texts': ['old_value', 'new_value'],
        },
        'crm_contacts': {
            'ids': {'crm_contact': ['contact_id'], 'email': ['email']},
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
            'ids': {'crm_lead': ['lead_id'], 'crm_contact': ['contact_id'],
                'crm_opportunity': ['opportunity_id_alone']},
            'alone': {'opportunity_id': ['lead_id', 'contact_id']},
            'texts': ['outcome'],
            'forgets': {'opportunity_id': 'crm_opportunity'},
        },
        'erasure_requests': {
            'ids': {'email': ['email'], 'device': ['anonymous_id'], 'crm_lead': ['crm_lead_id']},
            'texts': [],
        },
    }) }}
{% endmacro %}
