{#- Makes schema raw: one view a raw table, over whatever files are found for it
    under LEAD_FUNNEL_RAW, and an empty one where there is none. Tables that a
    loader wrote stay as they are. The plugin in lead_funnel/raw says how the files are
    read. On other engines raw is a schema that exists. What goes on with an earlier run
    (LEAD_FUNNEL_FILES_STAY) reads the files that were there for it. -#}
{% macro prepare_raw() %}
    {% if execute and lead_funnel.is_embedded() and not env_var('LEAD_FUNNEL_FILES_STAY', '') %}
        {% do lead_funnel._check_moments() %}
        {% set found = lead_funnel._raw_views(env_var('LEAD_FUNNEL_RAW', 'data/raw')) %}
        {% for warning in found['warnings'] %}
            {% do exceptions.warn(warning) %}
        {% endfor %}
        {% if found['error'] %}
            {% do exceptions.raise_compiler_error(found['error']) %}
        {% endif %}
        {% for raw_table, select in found['selects'].items() %}
            {% set relation = api.Relation.create(database=target.database, schema='raw', identifier=raw_table) %}
            {% if loop.first %}
                {% do run_query('create schema if not exists ' ~ relation.without_identifier()) %}
            {% endif %}
            {% do run_query('create or replace view ' ~ relation ~ ' as ' ~ select) %}
        {% endfor %}
        {% for schema_name, selects in found['exports'].items() %}
            {% set schema = api.Relation.create(database=target.database, schema=schema_name) %}
            {% do run_query('drop schema if exists ' ~ schema.without_identifier() ~ ' cascade') %}
            {% do run_query('create schema ' ~ schema.without_identifier()) %}
            {% for table, select in selects.items() %}
                {% do run_query('create view ' ~ schema.incorporate(path={'identifier': table}) ~ ' as ' ~ select) %}
            {% endfor %}
        {% endfor %}
        {# What is said of the files, for quarantined_files and whoever shows it to people. #}
        {% set relation = api.Relation.create(database=target.database, schema='raw', identifier='intake_notes') %}
        {% do run_query('create schema if not exists ' ~ relation.without_identifier()) %}
        {% do run_query('create or replace view ' ~ relation ~ ' as ' ~ found['notes']) %}
    {% endif %}
{% endmacro %}

{#- What the plugin answers: selects (by raw table), exports (by schema and table), warnings,
    notes (a query), error. -#}
{% macro _raw_views(folder) %}
    {% if not run_query("select 1 from duckdb_functions() where function_name = 'lead_funnel_raw_views' limit 1").rows %}
        {% do exceptions.raise_compiler_error(
            "The profile of target " ~ target.name ~ " lacks the plugin that reads raw files. Add to it, beside `type: duckdb`: "
            ~ "plugins: [{module: lead_funnel.raw.plugin, alias: lead_funnel}]"
        ) %}
    {% endif %}
    {# Seeds need no raw tables, and tests look at what an earlier build made. #}
    {% set is_needed = flags.WHICH not in ['seed', 'test'] %}
    {% set answer = run_query(
        "select lead_funnel_raw_views('" ~ folder | replace("'", "''") ~ "', '" ~ target.database | replace("'", "''") ~ "', " ~ is_needed ~ ", " ~ var('max_unreadable_files')
        ~ ", '" ~ tojson(lead_funnel.connections()) | replace("'", "''") ~ "', '" ~ flags.PROJECT_DIR | string | replace("'", "''") ~ "')"
    ) %}
    {{ return(fromjson(answer.columns[0].values()[0])) }}
{% endmacro %}

{#- A mistyped clock would silently read everything or nothing. -#}
{% macro _check_moments() %}
    {% for name in ['as_of', 'backfilled_until'] if var(name) %}
        {% set moment = run_query('select ' ~ lead_funnel.to_utc("'" ~ var(name) | string | replace("'", "''") ~ "'")).columns[0].values()[0] %}
        {% if moment is none %}
            {% do exceptions.raise_compiler_error(
                "The variable " ~ name ~ " is '" ~ var(name) ~ "', which is not a time between 1970 and 2261. Write it like 2024-06-30 12:00:00 (UTC)."
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}
