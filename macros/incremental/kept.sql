{#- What stands is not made again, nor tested again. A table remembers in its comment what it
    was made of, and what it holds:

        made_of=<SQL as it is rendered, contract, and what everything that it reads holds>
        holds=<number and hash of its rows, or the run that last wrote some; of a view: its SQL>

    Both are written in the transaction that writes the rows, so that a run that is killed
    leaves the old table with the old comment. A table that is dropped takes its comment
    along, and one that anything else replaced has none. Where the same would be made of the
    same, the table is kept; where a table that is made anew holds what it held, what hangs
    on it is kept as well. A data test that passed is not run again on tables that hold what
    they held.

    Only `lead-funnel build` keeps, and says so by the variable of the environment
    LEAD_FUNNEL_KEEP, which bears the version of the Python code and the libraries. dbt by
    itself makes and tests everything that is selected, and takes the comments away. Whatever
    else writes rows into a table must take its comment away, too (forget_kept). -#}

{#- What the present node would be made of, as one hash, and what is remembered of it:
    {made_of, holds, is_kept}; none where nothing is to be kept. Where it cannot be told what
    it would be made of, it is never kept: a table that it reads bears no comment, as those of
    raw files and of other programs, the SQL names one that dbt does not know as its input, or
    hooks do more than the SQL.
    sql      as it is rendered
    said_of  what else decides -#}
{% macro made_of(sql, said_of='') %}
    {% set told = env_var('LEAD_FUNNEL_KEEP', '') %}
    {% if not told or target.type != 'duckdb' or flags.FULL_REFRESH or flags.EMPTY %}
        {{ return(none) }}
    {% endif %}
    {% set reads = lead_funnel._reads(model.depends_on.nodes, []) %}
    {% set named = modules.re.findall('"[^"]+"\\."[^"]+"\\."[^"]+"', sql) | reject('in', reads + [this | string]) | list %}
    {% set remembered = graph.get('kept_by_lead_funnel') %}
    {% if remembered is none %}
        {{ return(none) }}
    {% endif %}
    {% set held = [] %}
    {% for name in reads | sort %}
        {% do held.append(name ~ ' ' ~ remembered.get(name, {}).get('holds', '')) %}
    {% endfor %}
    {% set is_told = not named and not config.get('pre-hook') and not config.get('post-hook')
        and reads | length == reads | select('in', remembered) | list | length %}
    {% set made_of = local_md5([told, sql, said_of, held | join(' ')] | join('\n')) if is_told else '-' %}
    {% set own = remembered.get(model.name if model.resource_type == 'test' else this | string, {}) %}
    {{ return({
        'made_of': made_of,
        'holds': own.get('holds'),
        'is_kept': is_told and own.get('made_of') == made_of,
    }) }}
{% endmacro %}

{#- The relations of nodes; of a view also what it reads. What the views of tools read (those
    with tags) dbt does not know: they count as a relation that says nothing. -#}
{% macro _reads(nodes, found) %}
    {% for name in nodes %}
        {% set node = graph.nodes.get(name) or graph.sources.get(name) %}
        {% if node and node.relation_name not in found %}
            {% do found.append(node.relation_name) %}
            {% if node.resource_type == 'model' and node.config.materialized == 'view' %}
                {% do lead_funnel._reads(node.depends_on.nodes, found) %}
                {% if node.tags and '' not in found %}
                    {% do found.append('') %}
                {% endif %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- Remember of the table that was just written what it was made of and what it holds.
    made   what made_of gave before; none takes away what is remembered.
    holds  left out: the number and hash of its rows. -#}
{% macro remember_made_of(relation, made, holds=none) %}
    {% if made and holds is none %}
        {% call statement('holds', fetch_result=True) %}
            select count(*) || ':' || coalesce(sum({{ lead_funnel.whole_row_version('kept') }}), 0)
            from {{ relation }} as kept
        {% endcall %}
        {% set holds = load_result('holds')['data'][0][0] %}
    {% endif %}
    {% call statement('remember') %}
        comment on {{ relation.type or 'table' }} {{ relation }} is
        {%- if made %} 'made_of={{ made.made_of }} holds={{ holds }}'{% else %} null{% endif %}
    {% endcall %}
    {% if made %}
        {% do graph.kept_by_lead_funnel.update({relation | string: {'made_of': made.made_of, 'holds': holds}}) %}
    {% elif graph.get('kept_by_lead_funnel') %}
        {% do graph.kept_by_lead_funnel.pop(relation | string, none) %}
    {% endif %}
{% endmacro %}

{#- Say to dbt that nothing was done, and give what a materialization gives. -#}
{% macro kept_as_it_is(relation) %}
    {% do store_raw_result('main', message='KEPT', code='KEPT', rows_affected='0') %}
    {{ return({'relations': [relation]}) }}
{% endmacro %}

{#- Before a run: make the table of the tests that passed, and read once what is remembered,
    into what all models of the run see. The comments of a few hundred tables take several
    milliseconds to read. -#}
{% macro prepare_kept() %}
    {% if execute and target.type == 'duckdb' and env_var('LEAD_FUNNEL_KEEP', '') %}
        {% do run_query('create schema if not exists kept') %}
        {% do run_query('create table if not exists kept.passed_tests (test_name text, made_of text)') %}
        {% set found = run_query("
            select
                name,
                regexp_extract(comment, 'made_of=(\\S+)', 1) as made_of,
                regexp_extract(comment, 'holds=(\\S+)', 1) as holds
            from (
                select format('\"{}\".\"{}\".\"{}\"', database_name, schema_name, table_name) as name, comment
                from duckdb_tables()
                union all
                select format('\"{}\".\"{}\".\"{}\"', database_name, schema_name, view_name), comment
                from duckdb_views()
            ) as relations
            where comment like 'made_of=%'
            union all
            select test_name, made_of, '' from kept.passed_tests
        ") %}
        {% set remembered = {} %}
        {% for name, made_of, holds in found.rows %}
            {% do remembered.update({name: {'made_of': made_of, 'holds': holds}}) %}
        {% endfor %}
        {% do graph.update({'kept_by_lead_funnel': remembered}) %}
    {% endif %}
{% endmacro %}

{#- Remember what the test passed with. -#}
{% macro remember_passed(made) %}
    {% do run_query(
        "delete from kept.passed_tests where test_name = '" ~ model.name ~ "';"
        ~ "insert into kept.passed_tests values ('" ~ model.name ~ "', '" ~ made.made_of ~ "')"
    ) %}
{% endmacro %}
