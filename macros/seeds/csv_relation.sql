{#- Where a seed's file lies. -#}
{% macro seed_path(name) %}
    {% for node in graph.nodes.values() if node.resource_type == 'seed' and node.name == name %}
        {{ return(node.root_path ~ '/' ~ node.original_file_path) }}
    {% endfor %}
{% endmacro %}

{#- A file of decisions as a relation: line_number and the columns, all as text. Says
    in one sentence where the file cannot be read as a table. Cells hold no quotes and
    so no commas, as docs/criteria.md says. Optional columns may be missing. -#}
{% macro csv_relation(path, name, columns, optional=[]) %}
    {% set found = run_query("select content from read_text('" ~ path | replace("'", "''") ~ "')") if lead_funnel._is_file(path) %}
    {% if not found or not found.rows %}
        {% do exceptions.raise_compiler_error("There is no file " ~ name ~ ". Name a CSV file with the columns " ~ columns | join(', ') ~ ".") %}
    {% endif %}
    {% set lines = found.rows[0][0].lstrip('\ufeff').replace('\r\n', '\n').split('\n') %}
    {% set header = lines[0].split(',') | map('trim') | list %}
    {% set missing = columns | reject('in', header) | reject('in', optional) | list %}
    {% set strange = header | reject('in', columns) | list %}
    {% if missing or strange %}
        {% do exceptions.raise_compiler_error(
            name ~ ', line 1: '
            ~ ('there is no column ' ~ missing | join(', ') ~ '. Add it to the header, and an empty cell to each line. ' if missing else '')
            ~ ('The column ' ~ strange | join(', ') ~ ' is not known. Take it out, or correct its name.' if strange else '')
        ) %}
    {% endif %}
    {% set rows = [] %}
    {% for line in lines[1:] if line | trim %}
        {% set place = name ~ ', line ' ~ (loop.index + 1) %}
        {% set cells = line.split(',') | map('trim') | list %}
        {% if '"' in line or "'" in line or '\\' in line %}
            {% do exceptions.raise_compiler_error(place ~ ': there is a quote or a backslash. Cells hold none, and no commas either: take it out.') %}
        {% elif cells | length != header | length %}
            {% do exceptions.raise_compiler_error(
                place ~ ': there are ' ~ cells | length ~ ' cells and the header has ' ~ header | length ~ '. Leave commas out of cells, and end no line early.'
            ) %}
        {% endif %}
        {% set literals = [loop.index + 1] %}
        {% for column in columns %}
            {% do literals.append("'" ~ (cells[header.index(column)] if column in header else '') ~ "'") %}
        {% endfor %}
        {% do rows.append('(' ~ literals | join(', ') ~ ')') %}
    {% endfor %}
    {% set names = ['line_number'] + columns %}
    {% if not rows %}
        {{ return("(select * from (values (0" ~ ", ''" * (names | length - 1) ~ ")) as no_lines (" ~ names | join(', ') ~ ") where false)") }}
    {% endif %}
    {{ return('(select * from (values ' ~ rows | join(', ') ~ ') as lines (' ~ names | join(', ') ~ '))') }}
{% endmacro %}

{% macro _is_file(path) %}
    {# As a pattern that matches only itself. #}
    {% set pattern = modules.re.sub('([*?[])', '[\\1]', path) | replace("'", "''") %}
    {{ return(run_query("select 1 from glob('" ~ pattern ~ "')").rows | length > 0) }}
{% endmacro %}
