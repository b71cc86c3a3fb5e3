{#- The contract with the outside: the raw tables, their columns and the kind of
    each, written as "name kind". Every table also has loaded_at (time).

    kinds      text (as it stands), lower and upper (text in one case), email,
               url, time, date, integer, number, boolean, json
    key        the columns that name a row; several versions of one key are one row
    own_times  when the row says it happened or last changed: stands in for a
               missing loaded_at, and must not lie after a given one
    own_times_if  times that are such only where one of some columns is true: the
               day an open deal is to be closed lies ahead
    required   times without which a row cannot be used
    values     closed vocabularies; a row with another value is quarantined
    optional   closed columns that may also be empty -#}
{% macro raw_tables() %}
    {{ return({
        'web_events': {
            'key': ['event_id'], 'own_times': ['occurred_at'], 'required': ['occurred_at'],
            'columns': 'event_id text, event_name text, occurred_at time, anonymous_id text, user_id text, email email, session_id text, page_url url, page_title text, referrer_url url, utm_source lower, utm_medium lower, utm_campaign lower, utm_content lower, utm_term lower, user_agent text, country_code upper, properties json',
        },
        'form_submissions': {
            'key': ['submission_id'], 'own_times': ['occurred_at'], 'required': ['occurred_at'],
            'columns': 'submission_id text, form_id text, occurred_at time, anonymous_id text, email email, first_name text, last_name text, company_name text, job_title text, phone text, country_code upper, employee_count integer, consent_marketing boolean, page_url url, utm_source lower, utm_medium lower, utm_campaign lower, fields json',
        },
        'email_events': {
            'key': ['event_id'], 'own_times': ['occurred_at'], 'required': ['occurred_at'],
            'columns': 'event_id text, event_name lower, occurred_at time, email email, campaign_id text, content_id text, url url',
            'values': {'event_name': ['delivered', 'opened', 'clicked', 'bounced', 'unsubscribed', 'complained']},
        },
        'campaign_responses': {
            'key': ['response_id'], 'own_times': ['occurred_at'], 'required': ['occurred_at'],
            'columns': 'response_id text, campaign_id text, occurred_at time, email email, crm_lead_id text, response_type lower, content_id text',
        },
        'crm_leads': {
            'key': ['lead_id'], 'own_times': ['updated_at', 'created_at', 'converted_at'], 'required': ['created_at'],
            'columns': 'lead_id text, created_at time, updated_at time, email email, first_name text, last_name text, company_name text, website lower, job_title text, phone text, industry text, employee_count integer, country_code upper, lead_source text, status text, rating text, owner_id text, converted_at time, converted_contact_id text, converted_account_id text, converted_opportunity_id text, merged_into_lead_id text, is_deleted boolean, has_opted_out boolean',
        },
        'crm_lead_history': {
            'key': ['history_id'], 'own_times': ['changed_at'], 'required': ['changed_at'],
            'columns': 'history_id text, lead_id text, field_name lower, old_value text, new_value text, changed_at time, changed_by text',
        },
        'crm_contacts': {
            'key': ['contact_id'], 'own_times': ['updated_at', 'created_at'], 'required': ['created_at'],
            'columns': 'contact_id text, account_id text, created_at time, updated_at time, email email, first_name text, last_name text, job_title text, phone text, country_code upper, owner_id text, is_deleted boolean, has_opted_out boolean',
        },
        'crm_accounts': {
            'key': ['account_id'], 'own_times': ['updated_at', 'created_at'], 'required': ['created_at'],
            'columns': 'account_id text, parent_account_id text, created_at time, updated_at time, name text, domain lower, industry text, employee_count integer, country_code upper, owner_id text',
        },
        'crm_opportunities': {
            'key': ['opportunity_id'], 'own_times': ['updated_at', 'created_at'], 'required': ['created_at'],
            'own_times_if': {'closed_at': ['is_closed', 'is_won']},
            'columns': 'opportunity_id text, account_id text, lead_id text, contact_id text, owner_id text, created_at time, updated_at time, stage_name text, amount number, currency_code upper, is_closed boolean, is_won boolean, closed_at time, lost_reason text',
        },
        'crm_opportunity_history': {
            'key': ['history_id'], 'own_times': ['changed_at'], 'required': ['changed_at'],
            'columns': 'history_id text, opportunity_id text, stage_name text, amount number, changed_at time',
        },
        'crm_activities': {
            'key': ['activity_id'], 'own_times': ['occurred_at'], 'required': ['occurred_at'],
            'columns': 'activity_id text, activity_type lower, direction lower, occurred_at time, lead_id text, contact_id text, opportunity_id text, rep_id text, outcome text, duration_minutes integer',
            'values': {'activity_type': ['call', 'email', 'meeting', 'task', 'note'], 'direction': ['outbound', 'inbound']},
            'optional': ['direction'],
        },
        'crm_reps': {
            'key': ['rep_id'], 'own_times': [], 'required': [],
            'columns': 'rep_id text, name text, email email, team_id text, is_active boolean, hired_at time',
        },
        'campaigns': {
            'key': ['campaign_id'], 'own_times': [], 'required': [],
            'columns': 'campaign_id text, name text, channel lower, started_at time, ended_at time, target_persona text',
        },
        'campaign_costs': {
            'key': ['campaign_id', 'cost_date'], 'own_times': ['cost_date'], 'required': ['cost_date'],
            'columns': 'campaign_id text, cost_date date, amount number, currency_code upper',
        },
        'erasure_requests': {
            'key': ['request_id'], 'own_times': ['requested_at'], 'required': ['requested_at'],
            'columns': 'request_id text, requested_at time, email email, anonymous_id text, crm_lead_id text',
        },
    }) }}
{% endmacro %}

{#- The columns of one raw table as a dictionary from name to kind. -#}
{% macro raw_columns(raw_table) %}
    {% set kinds = {} %}
    {% for column in lead_funnel.raw_tables()[raw_table]['columns'].split(', ') %}
        {% do kinds.update({column.split(' ')[0]: column.split(' ')[1]}) %}
    {% endfor %}
    {{ return(kinds) }}
{% endmacro %}
