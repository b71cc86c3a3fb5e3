{#- The variable sources: which tools of the company are read, one entry a connection.
    tool      one of connector_tables
    name      what the connection is called in the column source; letters, digits and _
    schema    where its tables are; its name where not given
    database  where they are not in the warehouse: a DuckDB file, or a database that the profile attaches
    path      a folder of exported files, instead of a schema
    tables    by our name of a table, what it is called there
    columns   by table and our name of a column (contact.status), what it is called there -#}
{% macro connections(tool=none) %}
    {% set found = [] %}
    {% for entry in var('sources') or [] if tool is none or entry.get('tool') == tool %}
        {% do found.append(entry) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro is_tool_on(tool) %}
    {{ return(lead_funnel.connections(tool) | length > 0) }}
{% endmacro %}

{#- Which raw tables each tool gives: models/staging/<tool>/<tool>__<raw_table>.sql. -#}
{% macro connector_tables() %}
    {{ return({
        'hubspot': [
            'crm_leads', 'crm_lead_history', 'crm_accounts', 'crm_opportunities', 'crm_opportunity_contacts', 'crm_opportunity_history',
            'crm_activities', 'crm_reps', 'email_events', 'form_submissions', 'campaigns',
        ],
        'salesforce': [
            'crm_leads', 'crm_lead_history', 'crm_contacts', 'crm_accounts', 'crm_opportunities', 'crm_opportunity_contacts', 'crm_opportunity_history',
            'crm_activities', 'crm_reps', 'campaigns', 'campaign_responses',
        ],
        'marketo': [
            'crm_leads', 'crm_lead_history', 'email_events', 'form_submissions', 'web_events', 'campaigns', 'campaign_responses',
        ],
        'segment': ['web_events'],
        'snowplow': ['web_events'],
        'ga4': ['web_events'],
    }) }}
{% endmacro %}

{#- The tools that are on and give a raw table. -#}
{% macro tools_that_give(raw_table) %}
    {% set found = [] %}
    {% for tool, tables in lead_funnel.connector_tables().items() if raw_table in tables and lead_funnel.is_tool_on(tool) %}
        {% do found.append(tool) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- The mistakes in the variable sources, each as a sentence. -#}
{% macro mistakes_in_sources() %}
    {% set entries = var('sources') or [] %}
    {% if entries is string or entries is mapping %}
        {{ return(["The variable sources is not a list. Write one entry per connection, such as - {tool: hubspot, name: hubspot_us, schema: hubspot}."]) }}
    {% endif %}
    {% set known = ['tool', 'name', 'schema', 'database', 'path', 'tables', 'columns'] %}
    {% set mistakes, names = [], [] %}
    {% for entry in entries %}
        {% set place = 'Entry ' ~ loop.index ~ ' of the variable sources' %}
        {% if entry is not mapping %}
            {% do mistakes.append(place ~ ' is not a mapping. Write it like {tool: hubspot, name: hubspot_us, schema: hubspot}.') %}
        {% else %}
            {% if entry.get('tool') not in lead_funnel.connector_tables() %}
                {% do mistakes.append(place ~ ' names the tool ' ~ entry.get('tool') ~ ', which is none of ' ~ lead_funnel.connector_tables().keys() | join(', ') ~ '.') %}
            {% endif %}
            {% if not modules.re.match('^[A-Za-z][A-Za-z0-9_]*$', entry.get('name') | string) %}
                {% do mistakes.append(place ~ ' needs a name of letters, digits and _.') %}
            {% elif entry.get('name') in names %}
                {% do mistakes.append(place ~ ' has the name ' ~ entry.get('name') ~ ', which is used twice.') %}
            {% endif %}
            {% for word in entry if word not in known %}
                {% do mistakes.append(place ~ ' says ' ~ word ~ ', which is none of ' ~ known | join(', ') ~ '.') %}
            {% endfor %}
            {% do names.append(entry.get('name')) %}
        {% endif %}
    {% endfor %}
    {{ return(mistakes) }}
{% endmacro %}

{#- The database of a connection's tables: the warehouse, one that the profile attaches, or, where
    the list names a DuckDB file, what that is attached as. -#}
{% macro database_of(connection) %}
    {% set database = connection.get('database') %}
    {% if not database or database == target.get('path') %}
        {# Spark's target names none. #}
        {{ return(target.get('database')) }}
    {% elif not lead_funnel.is_database_file(database) %}
        {{ return(database) }}
    {% endif %}
    {% set name = modules.re.sub('[^a-z0-9]+', '_', database.split('/')[-1].rsplit('.', 1)[0] | lower) %}
    {{ return('file_' ~ name ~ '_' ~ local_md5(database)[:6]) }}
{% endmacro %}

{% macro is_database_file(database) %}
    {{ return('/' in database or database.endswith(('.duckdb', '.ddb', '.db'))) }}
{% endmacro %}

{#- Opens the DuckDB files that the list names, to read. -#}
{% macro attach_databases() %}
    {% for connection in lead_funnel.connections() if execute and lead_funnel.is_embedded() and connection.get('database') %}
        {% set name = lead_funnel.database_of(connection) %}
        {% if lead_funnel.is_database_file(connection['database']) and name != target.database %}
            {% if not lead_funnel._is_file(connection['database']) %}
                {% do exceptions.raise_compiler_error(
                    'The variable sources names the database ' ~ connection['database'] ~ ' for ' ~ connection['name'] ~ ', and there is no such file.'
                ) %}
            {% endif %}
            {% do run_query(
                "attach if not exists '" ~ connection['database'] | replace("'", "''") ~ "' as " ~ adapter.quote(name) ~ " (read_only)"
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{#- Stops the command where the variable sources holds something invalid. -#}
{% macro check_sources() %}
    {% set mistakes = lead_funnel.mistakes_in_sources() %}
    {% if execute and mistakes %}
        {% do exceptions.raise_compiler_error(mistakes | join('\n')) %}
    {% endif %}
{% endmacro %}
