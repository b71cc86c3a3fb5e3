{#- Made of lead_funnel/raw/contract.yml, which says what each word means, by
    `python -m lead_funnel.raw.document`. Edit that file, not this one. -#}

{#- The raw tables: how each is read. Words are in lower case, without blanks, - and _. -#}
{% macro raw_tables() %}
    {{ return({
        'web_events': {
            'key': ['event_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'columns': {'event_id': 'id', 'event_name': 'text', 'occurred_at': 'time',
                'anonymous_id': 'id', 'user_id': 'id', 'email': 'email', 'session_id': 'id',
                'page_url': 'url', 'page_title': 'text', 'referrer_url': 'url', 'utm_source': 'tag',
                'utm_medium': 'tag', 'utm_campaign': 'tag', 'utm_content': 'tag', 'utm_term': 'tag',
                'user_agent': 'text', 'country_code': 'country', 'properties': 'json'},
        },
        'form_submissions': {
            'key': ['submission_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'flag_words': {'consent_marketing': {'true': ['optedin', 'optin', 'subscribed',
                'granted', 'given'], 'false': ['optedout', 'optout', 'unsubscribed', 'denied',
                'refused']}},
            'columns': {'submission_id': 'id', 'form_id': 'id', 'occurred_at': 'time',
                'anonymous_id': 'id', 'email': 'email', 'first_name': 'text', 'last_name': 'text',
                'company_name': 'text', 'job_title': 'text', 'phone': 'phone',
                'country_code': 'country', 'employee_count': 'integer',
                'consent_marketing': 'boolean', 'page_url': 'url', 'utm_source': 'tag',
                'utm_medium': 'tag', 'utm_campaign': 'tag', 'fields': 'json'},
        },
        'email_events': {
            'key': ['event_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'values': {'event_name': ['sent', 'delivered', 'opened', 'clicked', 'bounced',
                'unsubscribed', 'complained']},
            'words': {'event_name': {'sent': ['send', 'processed', 'queued', 'accepted', 'deferred',
                'deferral', 'delayed', 'softbounce', 'softbounced', 'emailsent', 'messagesent'],
                'delivered': ['delivery', 'deliver', 'emaildelivered', 'messagedelivered'],
                'opened': ['open', 'opens', 'emailopen', 'emailopened', 'openedemail',
                'messageopened', 'uniqueopen', 'firstopen'], 'clicked': ['click', 'clicks',
                'emailclick', 'emailclicked', 'clickedemail', 'linkclick', 'linkclicked',
                'urlclick', 'messageclicked'], 'bounced': ['bounce', 'hardbounce', 'hardbounced',
                'emailbounced', 'permanentbounce', 'undelivered', 'permanentfail'],
                'unsubscribed': ['unsubscribe', 'unsub', 'unsubscription', 'optout', 'optedout',
                'groupunsubscribe', 'listunsubscribe', 'linkunsubscribe', 'emailunsubscribed'],
                'complained': ['complaint', 'complain', 'spam', 'spamreport', 'spamcomplaint',
                'spamcomplained', 'markedasspam', 'abuse', 'abusereport']}},
            'columns': {'event_id': 'id', 'event_name': 'lower', 'occurred_at': 'time',
                'email': 'email', 'campaign_id': 'tag', 'content_id': 'id', 'url': 'url'},
        },
        'campaign_responses': {
            'key': ['response_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'columns': {'response_id': 'id', 'campaign_id': 'tag', 'occurred_at': 'time',
                'email': 'email', 'crm_lead_id': 'id', 'response_type': 'lower',
                'content_id': 'id'},
        },
        'crm_leads': {
            'key': ['lead_id'],
            'own_times': ['created_at', 'updated_at', 'converted_at'],
            'required': ['created_at'],
            'flag_words': {'is_deleted': {'true': ['deleted', 'archived'], 'false': ['active']},
                'has_opted_out': {'true': ['optedout', 'optout', 'unsubscribed', 'donotcontact',
                'donotemail'], 'false': ['optedin', 'optin', 'subscribed']}},
            'fallbacks': {'created_at': ['updated_at', 'loaded_at']},
            'columns': {'lead_id': 'id', 'created_at': 'time', 'updated_at': 'time',
                'email': 'email', 'first_name': 'text', 'last_name': 'text', 'company_name': 'text',
                'website': 'lower', 'job_title': 'text', 'phone': 'phone', 'industry': 'text',
                'employee_count': 'integer', 'country_code': 'country', 'lead_source': 'lower',
                'status': 'text', 'rating': 'text', 'owner_id': 'id', 'converted_at': 'time',
                'converted_contact_id': 'id', 'converted_account_id': 'id',
                'converted_opportunity_id': 'id', 'merged_into_lead_id': 'id',
                'is_deleted': 'boolean', 'has_opted_out': 'boolean'},
        },
        'crm_lead_history': {
            'key': ['history_id'],
            'own_times': ['changed_at'],
            'required': ['changed_at'],
            'columns': {'history_id': 'id', 'lead_id': 'id', 'field_name': 'lower',
                'old_value': 'id', 'new_value': 'id', 'changed_at': 'time', 'changed_by': 'id'},
        },
        'crm_contacts': {
            'key': ['contact_id'],
            'own_times': ['created_at', 'updated_at'],
            'required': ['created_at'],
            'flag_words': {'is_deleted': {'true': ['deleted', 'archived'], 'false': ['active']},
                'has_opted_out': {'true': ['optedout', 'optout', 'unsubscribed', 'donotcontact',
                'donotemail'], 'false': ['optedin', 'optin', 'subscribed']}},
            'fallbacks': {'created_at': ['updated_at', 'loaded_at']},
            'columns': {'contact_id': 'id', 'account_id': 'id', 'created_at': 'time',
                'updated_at': 'time', 'email': 'email', 'first_name': 'text', 'last_name': 'text',
                'job_title': 'text', 'phone': 'phone', 'country_code': 'country', 'owner_id': 'id',
                'is_deleted': 'boolean', 'has_opted_out': 'boolean'},
        },
        'crm_accounts': {
            'key': ['account_id'],
            'own_times': ['created_at', 'updated_at'],
            'required': ['created_at'],
            'fallbacks': {'created_at': ['updated_at', 'loaded_at']},
            'columns': {'account_id': 'id', 'parent_account_id': 'id', 'created_at': 'time',
                'updated_at': 'time', 'name': 'text', 'domain': 'host', 'industry': 'text',
                'employee_count': 'integer', 'country_code': 'country', 'owner_id': 'id'},
        },
        'crm_opportunities': {
            'key': ['opportunity_id'],
            'own_times': ['created_at', 'updated_at'],
            'own_times_if': {'closed_at': ['is_closed', 'is_won']},
            'required': ['created_at'],
            'flag_words': {'is_closed': {'true': ['closed'], 'false': ['open']},
                'is_won': {'true': ['won', 'closedwon'], 'false': ['lost', 'closedlost', 'open']}},
            'fallbacks': {'created_at': ['updated_at', 'loaded_at']},
            'columns': {'opportunity_id': 'id', 'account_id': 'id', 'lead_id': 'id',
                'contact_id': 'id', 'owner_id': 'id', 'created_at': 'time', 'updated_at': 'time',
                'stage_name': 'text', 'amount': 'number', 'currency_code': 'upper',
                'is_closed': 'boolean', 'is_won': 'boolean', 'closed_at': 'time',
                'lost_reason': 'text'},
        },
        'crm_opportunity_history': {
            'key': ['history_id'],
            'own_times': ['changed_at'],
            'required': ['changed_at'],
            'columns': {'history_id': 'id', 'opportunity_id': 'id', 'stage_name': 'text',
                'amount': 'number', 'changed_at': 'time'},
        },
        'crm_activities': {
            'key': ['activity_id'],
            'own_times': ['occurred_at'],
            'required': ['occurred_at'],
            'values': {'activity_type': ['call', 'email', 'message', 'meeting', 'task', 'note'],
                'direction': ['outbound', 'inbound']},
            'optional': ['direction'],
            'words': {'activity_type': {'call': ['calls', 'phone', 'phonecall', 'telephone',
                'telephonecall', 'coldcall', 'voicemail', 'anruf', 'loggedcall'],
                'email': ['emails', 'mail', 'email', 'listemail', 'salesemail', 'loggedemail',
                'conversationsemail'], 'message': ['linkedin', 'linkedinmessage', 'inmail', 'sms',
                'smsmessage', 'text', 'textmessage', 'whatsapp', 'whatsappmessage', 'chat',
                'communication'], 'meeting': ['meetings', 'event', 'appointment', 'demo',
                'productdemo', 'demonstration', 'videocall', 'videomeeting', 'webmeeting', 'visit',
                'onsitevisit', 'besuch', 'termin'], 'task': ['tasks', 'todo', 'aufgabe'],
                'note': ['notes', 'comment', 'notiz']}, 'direction': {'outbound': ['out',
                'outgoing', 'outgoingemail', 'outgoingcall', 'outboundcall', 'outboundemail',
                'sent', 'forwardedemail'], 'inbound': ['in', 'incoming', 'incomingemail',
                'incomingcall', 'inboundcall', 'inboundemail', 'received']}},
            'columns': {'activity_id': 'id', 'activity_type': 'lower', 'direction': 'lower',
                'occurred_at': 'time', 'lead_id': 'id', 'contact_id': 'id', 'opportunity_id': 'id',
                'rep_id': 'id', 'outcome': 'text', 'duration_minutes': 'integer'},
        },
        'crm_reps': {
            'key': ['rep_id'],
            'own_times': [],
            'required': [],
            'flag_words': {'is_active': {'true': ['active'], 'false': ['inactive', 'deactivated']}},
            'columns': {'rep_id': 'id', 'name': 'text', 'email': 'email', 'team_id': 'id',
                'is_active': 'boolean', 'hired_at': 'time'},
        },
        'campaigns': {
            'key': ['campaign_id'],
            'own_times': [],
            'required': [],
            'columns': {'campaign_id': 'tag', 'name': 'text', 'channel': 'lower',
                'started_at': 'time', 'ended_at': 'time', 'target_persona': 'text'},
        },
        'campaign_costs': {
            'key': ['campaign_id', 'cost_date'],
            'own_times': ['cost_date'],
            'required': ['cost_date'],
            'columns': {'campaign_id': 'tag', 'cost_date': 'date', 'amount': 'number',
                'currency_code': 'upper'},
        },
        'erasure_requests': {
            'key': ['request_id'],
            'own_times': ['requested_at'],
            'required': ['requested_at'],
            'columns': {'request_id': 'id', 'requested_at': 'time', 'email': 'email',
                'anonymous_id': 'id', 'crm_lead_id': 'id'},
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
