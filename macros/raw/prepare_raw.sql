{#- Makes schema raw: one view a raw table, over whatever files are found for it
    under LEAD_FUNNEL_RAW, and an empty one where there is none. Tables that a
    loader wrote stay as they are. On other engines raw is a schema that exists. -#}
{% macro prepare_raw() %}
    {% if execute and target.type == 'duckdb' %}
        {% set folder = env_var('LEAD_FUNNEL_RAW', 'data/raw') %}
        {% set loaded = lead_funnel._loaded_raw_tables() %}
        {% set files = lead_funnel._raw_files(folder) %}
        {% do lead_funnel._check_moments() %}
        {% if files or loaded %}
            {% do run_query('create schema if not exists ' ~ api.Relation.create(database=target.database, schema='raw').without_identifier()) %}
            {% for raw_table in lead_funnel.raw_tables() %}
                {% do lead_funnel._make_raw_view(raw_table, files.get(raw_table, []), raw_table in loaded) %}
            {% endfor %}
        {# Seeds need no raw tables, and tests look at what an earlier build made. #}
        {% elif flags.WHICH not in ['seed', 'test'] %}
            {% do exceptions.raise_compiler_error(
                "No raw tables in the folder '" ~ folder ~ "'. Expected are files such as crm_leads.parquet, crm_leads.csv "
                ~ "or crm_leads.ndjson, or folders of such files, named after the tables " ~ lead_funnel.raw_tables() | join(', ')
                ~ ". Set the environment variable LEAD_FUNNEL_RAW to the folder that holds them."
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}

{#- Names of the raw tables that are real tables and not our views. -#}
{% macro _loaded_raw_tables() %}
    {% set found = run_query(
        "select table_name from information_schema.tables where table_catalog = '" ~ target.database | replace("'", "''")
        ~ "' and table_schema = 'raw' and table_type = 'BASE TABLE'"
    ) %}
    {{ return(found.columns[0].values() | list) }}
{% endmacro %}

{#- Files by raw table. A data file that belongs to none is named in a warning,
    because a misspelt name would otherwise look like missing data. -#}
{% macro _raw_files(folder) %}
    {# As glob() spells it, so that what follows the root is the name within. #}
    {% set root = modules.re.sub('^([.]/)+', '', modules.re.sub('/([.]?/)*', '/', folder ~ '/')) %}
    {% set found = run_query("select file from glob('" ~ lead_funnel._glob_literal(root) ~ "**/*') order by 1") %}
    {% set files = {} %}
    {% set strangers = [] %}
    {% for file in found.columns[0].values() %}
        {% set parts = file[root | length:].split('/') %}
        {% set kind = parts[-1].split('.')[-1] | lower %}
        {% set raw_table = parts[0] if parts | length > 1 else parts[0].split('.')[0] %}
        {% set is_hidden = parts[-1][0] in ['.', '_'] %}
        {% set is_ours = raw_table in lead_funnel.raw_tables() and kind in ['parquet', 'csv', 'ndjson'] %}
        {% if is_ours and not is_hidden %}
            {% do files.setdefault(raw_table, []).append({'path': file, 'kind': kind}) %}
        {% elif not is_hidden and modules.re.search('[.](parquet|csv|tsv|json|jsonl|ndjson)([.](gz|zst))?$', file | lower) %}
            {% do strangers.append(file[root | length:]) %}
        {% endif %}
    {% endfor %}
    {% if strangers %}
        {% do exceptions.warn(
            "Not read, because named after no raw table or not .parquet, .csv or .ndjson: " ~ strangers[:5] | join(', ')
            ~ (' and ' ~ (strangers | length - 5) ~ ' more' if strangers | length > 5 else '') ~ " in '" ~ folder ~ "'."
        ) %}
    {% endif %}
    {{ return(files) }}
{% endmacro %}

{% macro _make_raw_view(raw_table, files, is_loaded) %}
    {% if is_loaded and files %}
        {% do exceptions.raise_compiler_error(
            "raw." ~ raw_table ~ " is a table that a loader wrote, and there is also the file '" ~ files[0]['path']
            ~ "'. Keep one of the two."
        ) %}
    {% elif not is_loaded %}
        {% set readers = (
            lead_funnel._parquet_readers(raw_table, files | selectattr('kind', 'equalto', 'parquet') | map(attribute='path') | list)
            + lead_funnel._csv_readers(raw_table, files | selectattr('kind', 'equalto', 'csv') | map(attribute='path') | list)
            + lead_funnel._ndjson_readers(raw_table, files | selectattr('kind', 'equalto', 'ndjson') | map(attribute='path') | list)
        ) %}
        {% set relation = api.Relation.create(database=target.database, schema='raw', identifier=raw_table) %}
        {% do run_query('create or replace view ' ~ relation ~ ' as ' ~ lead_funnel._raw_view_sql(raw_table, readers)) %}
    {% endif %}
{% endmacro %}

{#- A reader is one `from` clause and, by column name, the expression that reads
    the column and its type. Real times stay times where every reader has
    them; all else is text, to be typed in staging where a failure is counted. -#}
{% macro _raw_view_sql(raw_table, readers) %}
    {% set kinds = dict(lead_funnel.raw_columns(raw_table), loaded_at='time') %}
    {% set selects = [] %}
    {% for reader in readers or [{'from': '(select 1) where false', 'columns': {}}] %}
        {% set expressions = [] %}
        {% for name, kind in kinds.items() %}
            {% set is_time = readers | map(attribute='columns') | selectattr(name, 'defined') | map(attribute=name ~ '.is_time') | list %}
            {% set stays_time = kind in ['time', 'date'] and is_time and is_time | reject | list | length == 0 %}
            {% set column = reader['columns'].get(name) %}
            {% set type = 'timestamp' if stays_time else 'varchar' %}
            {% do expressions.append('cast(' ~ (column['expression'] if column else 'null') ~ ' as ' ~ type ~ ') as ' ~ name) %}
        {% endfor %}
        {% do expressions.append('cast(' ~ reader.get('surplus', 'null') ~ ' as varchar) as surplus_value') %}
        {% do expressions.append(('_source_file' if 'files' in reader else 'cast(null as varchar)') ~ ' as source_file') %}
        {% do expressions.append(lead_funnel._source_version(reader.get('files')) ~ ' as source_version') %}
        {% do selects.append('select ' ~ expressions | join(', ') ~ ' from ' ~ reader['from']) %}
    {% endfor %}
    {{ return(selects | join(' union all ')) }}
{% endmacro %}

{#- How a file was when this run found it: its size and when it was last written. -#}
{% macro _source_version(paths) %}
    {% if not paths %}
        {{ return('cast(null as varchar)') }}
    {% endif %}
    {% set found = run_query("select filename, size || '@' || epoch_us(last_modified) from read_blob(" ~ lead_funnel._path_list(paths) ~ ')') %}
    {% set versions = [] %}
    {% for row in found.rows %}
        {% do versions.append("'" ~ row[0] | replace("'", "''") ~ "': '" ~ row[1] ~ "'") %}
    {% endfor %}
    {{ return('map {' ~ versions | join(', ') ~ '}[_source_file]') }}
{% endmacro %}

{#- Parquet files of one schema share a reader. -#}
{% macro _parquet_readers(raw_table, paths) %}
    {% set readers = [] %}
    {% if paths %}
        {% set schemas = run_query(
            "select string_agg(file_name, '\x1f') from (select file_name, list([name, type, coalesce(logical_type, ''), coalesce(converted_type, '')]) as fields"
            ~ " from parquet_schema(" ~ lead_funnel._path_list(paths) ~ ") group by file_name) as files group by fields order by min(file_name)"
        ) %}
        {% for file_names in schemas.columns[0].values() %}
            {% set same = file_names.split('\x1f') %}
            {% set from = 'read_parquet(' ~ lead_funnel._path_list(same) ~ ', binary_as_string=true, hive_partitioning=false, filename=\'_source_file\')' %}
            {% set columns = {} %}
            {% for field in run_query('describe select * from ' ~ from).rows %}
                {% set name, type = field[0], field[1] %}
                {% set quoted = '"' ~ name | replace('"', '""') ~ '"' %}
                {% if type.startswith('TIMESTAMP WITH TIME ZONE') %}
                    {% set column = {'expression': "timezone('UTC', " ~ quoted ~ ')', 'is_time': true} %}
                {% elif type.startswith('TIMESTAMP') or type == 'DATE' %}
                    {% set column = {'expression': 'cast(' ~ quoted ~ ' as timestamp)', 'is_time': true} %}
                {% elif type.endswith(']') or type.startswith('STRUCT') or type.startswith('MAP') %}
                    {% set column = {'expression': 'to_json(' ~ quoted ~ ')', 'is_time': false} %}
                {% else %}
                    {% set column = {'expression': quoted, 'is_time': false} %}
                {% endif %}
                {% do columns.setdefault(name | trim | lower, column) %}
            {% endfor %}
            {% do lead_funnel._check_raw_columns(raw_table, same[0], columns) %}
            {% do readers.append({'from': from, 'columns': columns, 'files': same}) %}
        {% endfor %}
    {% endif %}
    {{ return(readers) }}
{% endmacro %}

{#- CSV files of one header share a reader. The header is read as plain text and
    the columns are given by position with one more at the end: it catches the
    surplus of an overlong row, which is quarantined. (Reading in parallel cannot
    pad short rows where quoted values span lines.) -#}
{% macro _csv_readers(raw_table, paths) %}
    {% set by_header = {} %}
    {% for path in paths %}
        {% set header = run_query(
            'select header from read_csv(' ~ lead_funnel._path_list([path]) ~ ", auto_detect=false, header=false, delim='\x1f', "
            ~ "quote='', escape='', strict_mode=false, columns={'header': 'VARCHAR'}) limit 1"
        ) %}
        {# An empty file holds no rows and no header. #}
        {% if header.rows and header.rows[0][0] %}
            {% do by_header.setdefault(header.rows[0][0], []).append(path) %}
        {% endif %}
    {% endfor %}
    {% set readers = [] %}
    {% for header, same in by_header.items() %}
        {% set delimiter = ',' if ',' in header else ';' if ';' in header else '\t' if '\t' in header else ',' %}
        {% set columns = {} %}
        {% set positions = [] %}
        {% for name in modules.re.findall('(?:^|' ~ delimiter ~ ')("(?:[^"]|"")*"|[^' ~ delimiter ~ ']*)', header) %}
            {% do positions.append("'column_" ~ loop.index ~ "': 'VARCHAR'") %}
            {% do columns.setdefault(name.strip(' "\r') | lower, {'expression': 'column_' ~ loop.index, 'is_time': false}) %}
        {% endfor %}
        {% do positions.append("'surplus_value': 'VARCHAR'") %}
        {% do lead_funnel._check_raw_columns(raw_table, same[0], columns) %}
        {% do readers.append({
            'from': 'read_csv(' ~ lead_funnel._path_list(same) ~ ", auto_detect=false, header=true, delim='" ~ delimiter ~ "', quote='\"', escape='\"', "
                ~ 'null_padding=true, strict_mode=false, parallel=false, filename=\'_source_file\', columns={' ~ positions | join(', ') ~ '})',
            'columns': columns,
            'files': same,
            'surplus': 'surplus_value',
        }) %}
    {% endfor %}
    {{ return(readers) }}
{% endmacro %}

{#- Every contract column is asked for by name, so that nothing depends on which
    lines a sample holds; the sample only tells how the names are capitalised.
    A line that is no JSON object comes out as an empty row. -#}
{% macro _ndjson_readers(raw_table, paths) %}
    {% set readers = [] %}
    {% if paths %}
        {% set seen = run_query(
            "select distinct unnest(json_keys(json)) from (select json from read_ndjson_objects(" ~ lead_funnel._path_list(paths)
            ~ ", ignore_errors=true) limit 10000) where json_type(json) = 'OBJECT' order by 1"
        ).columns[0].values() | list %}
        {% set columns = {} %}
        {% set fields = [] %}
        {% for name in dict(lead_funnel.raw_columns(raw_table), loaded_at='time') %}
            {% set spelling = namespace(name=name) %}
            {% if name not in seen %}
                {% for other in seen if other | trim | lower == name %}
                    {% set spelling.name = other %}
                {% endfor %}
            {% endif %}
            {% do fields.append("'" ~ spelling.name | replace("'", "''") ~ "': 'VARCHAR'") %}
            {% do columns.update({name: {'expression': '"' ~ spelling.name | replace('"', '""') ~ '"', 'is_time': false}}) %}
        {% endfor %}
        {% do readers.append({
            'from': 'read_json(' ~ lead_funnel._path_list(paths) ~ ", format='newline_delimited', ignore_errors=true, hive_partitioning=false, filename='_source_file', columns={"
                ~ fields | join(', ') ~ '})',
            'columns': columns,
            'files': paths,
        }) %}
    {% endif %}
    {{ return(readers) }}
{% endmacro %}

{% macro _check_raw_columns(raw_table, path, columns) %}
    {% set expected = lead_funnel.raw_columns(raw_table) %}
    {% if not expected | select('in', columns) | list %}
        {% do exceptions.raise_compiler_error(
            "'" ~ path ~ "' has none of the columns of " ~ raw_table ~ " (" ~ expected | join(', ')
            ~ "). Check its header row, or rename the columns."
        ) %}
    {% endif %}
{% endmacro %}

{#- A mistyped clock would silently read everything or nothing. -#}
{% macro _check_moments() %}
    {% for name in ['as_of', 'backfilled_until'] if var(name) %}
        {% set moment = run_query('select ' ~ lead_funnel.to_utc("'" ~ var(name) | string | replace("'", "''") ~ "'")).columns[0].values()[0] %}
        {% if moment is none %}
            {% do exceptions.raise_compiler_error(
                "The variable " ~ name ~ " is '" ~ var(name) ~ "', which is no time between 1970 and 2261. Write it like 2024-06-30 12:00:00 (UTC)."
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{#- A path as a pattern that matches only itself. -#}
{% macro _glob_literal(path) %}
    {{ return(modules.re.sub('([*?[])', '[\\1]', path) | replace("'", "''")) }}
{% endmacro %}

{% macro _path_list(paths) %}
    {% set literals = [] %}
    {% for path in paths %}
        {% do literals.append("'" ~ lead_funnel._glob_literal(path) ~ "'") %}
    {% endfor %}
    {{ return('[' ~ literals | join(', ') ~ ']') }}
{% endmacro %}
