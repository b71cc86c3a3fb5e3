{#- What holds of the columns of a table, told by one test: a node and a reading of the table, where
    a test for each rule would be one each. Lists the rules that are broken, in how many rows, and the
    query that finds these.

    unique           columns, or lists of columns, that no two rows agree on; null agrees with
                     nothing where it is one column
    not_null         columns that are never null
    accepted_values  by column, the values it may have: text in quotes, numbers and truth as
                     they are; null may be -#}
{% test column_rules(model, unique=[], not_null=[], accepted_values={}) %}
    {{- config(fail_calc='coalesce(sum(failing_rows), 0)') -}}
    {%- set rules = [] -%}
    {%- for column in unique if column is string -%}
        {%- do rules.append([
            'unique', column, 'count(' ~ column ~ ') - count(distinct ' ~ column ~ ')',
            'select ' ~ column ~ ', count(*) from ' ~ model ~ ' group by 1 having count(' ~ column ~ ') > 1',
        ]) -%}
    {%- endfor -%}
    {%- for column in not_null -%}
        {%- do rules.append([
            'not_null', column, 'count(*) - count(' ~ column ~ ')',
            'select * from ' ~ model ~ ' where ' ~ column ~ ' is null',
        ]) -%}
    {%- endfor -%}
    {%- for column, values in accepted_values.items() -%}
        {%- set accepted = [] -%}
        {%- for value in values -%}
            {%- if value is none -%}
                {%- do exceptions.raise_compiler_error('column_rules: null may always be, so it is no value of ' ~ column ~ '.') -%}
            {%- endif -%}
            {%- do accepted.append("'" ~ value | replace("'", "''") ~ "'" if value is string else value | string) -%}
        {%- endfor -%}
        {%- set others = column ~ ' not in (' ~ accepted | join(', ') ~ ')' -%}
        {%- do rules.append([
            'accepted_values', column, 'count(case when ' ~ others ~ ' then 1 end)',
            'select * from ' ~ model ~ ' where ' ~ others,
        ]) -%}
    {%- endfor -%}
    {%- set combinations = unique | reject('string') | list -%}
    {%- if not rules and not combinations -%}
        {%- do exceptions.raise_compiler_error('column_rules: no rule is given for ' ~ model ~ '.') -%}
    {%- endif -%}
    select
        rule_name,
        column_name,
        failing_rows,
        found_by

    from (
        {%- if rules %}
        select
            rules.rule_name,
            rules.column_name,
            case rules.rule_number
                {%- for rule in rules %}
                when {{ loop.index }} then counted.rule_{{ loop.index }}
                {%- endfor %}
            end as failing_rows,
            rules.found_by

        from (
            select
                {%- for rule in rules %}
                {{ rule[2] }} as rule_{{ loop.index }}{{ ',' if not loop.last }}
                {%- endfor %}

            from {{ model }}
        ) as counted

        cross join (
            values
            {%- for rule in rules %}
            ({{ loop.index }}, '{{ rule[0] }}', '{{ rule[1] }}', '{{ rule[3] | replace("'", "''") }}'){{ ',' if not loop.last }}
            {%- endfor %}
        ) as rules (rule_number, rule_name, column_name, found_by)
        {%- endif %}
        {%- for columns in combinations %}
        {{ 'union all' if rules or not loop.first }}

        select
            'unique' as rule_name,
            '{{ columns | join(", ") }}' as column_name,
            coalesce(sum(copies.row_count - 1), 0) as failing_rows,
            'select {{ columns | join(", ") }}, count(*) from {{ model }} group by {{ columns | join(", ") }} having count(*) > 1' as found_by

        from (
            select count(*) as row_count

            from {{ model }}

            group by {{ columns | join(', ') }}

            having count(*) > 1
        ) as copies
        {%- endfor %}
    ) as told

    where failing_rows > 0
{% endtest %}
