{#- What is lost without a raw table, in words. A table that is not here may be missing
    without loss. -#}
{% macro raw_table_uses() %}
    {{ return({
        'web_events': 'nobody is known by what they did on the web site, and visits earn no points',
        'form_submissions': 'hand-raises by form are not seen, nor what people agreed to',
        'email_events': 'clicks, bounces and unsubscriptions are not seen: opt-outs by mail are unknown',
        'campaign_responses': 'answers at fairs, webinars and the like are not seen',
        'campaigns': 'campaigns have no names and no channels',
        'campaign_costs': 'no cost per lead, MQL or win can be told',
        'crm_leads': 'there are no lead records: no status, no owner, and nothing to send to the CRM',
        'crm_lead_history': 'statuses are known only as they stand, so times in stages are rough',
        'crm_contacts': 'people whom the CRM has as contacts are not joined to their leads',
        'crm_accounts': 'industry, size and country of companies are known only from the leads',
        'crm_opportunities': 'wins cannot be seen: no close rates, no revenue, no model',
        'crm_opportunity_history': 'deals are known only as they stand, not when they moved',
        'crm_activities': 'follow-up cannot be seen: there is no speed to lead and no black hole',
        'crm_reps': 'reps have no teams, so that nothing is routed unless seeds/sales_reps.csv names them',
    }) }}
{% endmacro %}

{#- What is lost where a column of a table with rows has no value, in words. -#}
{% macro raw_column_uses() %}
    {{ return({
        'web_events': {
            'device_key': ['anonymous_id', 'visits before a form cannot be joined to the person'],
            'page_key': ['page_url', 'pages cannot be told apart: no content, no points by page'],
        },
        'form_submissions': {
            'identifier_key': ['email', 'forms belong to nobody'],
            'consent_marketing': ['consent_marketing', 'nobody is known to have agreed to be written to'],
        },
        'email_events': {
            'identifier_key': ['email', 'mails belong to nobody'],
        },
        'crm_leads': {
            'email': ['email', 'leads cannot be joined to forms, mails and visits'],
            'status': ['status', 'stages are known from the history and from deals only'],
            'owner_id': ['owner_id', 'leads have no owner: routing starts anew, and what nobody follows up has the cause no_owner'],
            'lead_source': ['lead_source', 'where a lead comes from is known from campaign tags only'],
        },
        'crm_activities': {
            'rep_id': ['rep_id', 'what automation sent cannot be told from what people did'],
        },
        'crm_opportunities': {
            'amount': ['amount', 'wins are counted, but revenue and expected value are unknown'],
            'closed_at': ['closed_at', 'when deals were won or lost is known from their history only'],
        },
        'crm_accounts': {
            'domain': ['domain', 'accounts are not joined to people by the address of their company'],
        },
        'crm_reps': {
            'team_id': ['team_id', 'reps have no team, so that nothing is routed unless seeds/sales_reps.csv names it'],
        },
    }) }}
{% endmacro %}

{#- A value that people typed, to be shown to readers: not an address, and short. -#}
{% macro shown_value(value) -%}
    case when {{ value }} like '%@%' then '(an address)' else substr({{ value }}, 1, 60) end
{%- endmacro %}

{#- A value as a cell of a CSV file. -#}
{% macro csv_cell(value) -%}
    case
        when instr({{ value }}, ',') > 0 then chr(34) || {{ value }} || chr(34)
        else {{ value }}
    end
{%- endmacro %}
