{#- Reads the caps of groups, the cells of the grid and its edges as people wrote them, and
    stops at an invalid line; called by check_points_rules. Where files cannot
    be read (other engines) the same mistakes fail the test assert_points_rules_can_match. -#}
{% macro check_points_grid() %}
    {% for name, mistakes in lead_funnel.points_grid_mistakes({
        'points_caps': lead_funnel.points_caps_file(),
        'points_cells': lead_funnel.points_cells_file(),
        'points_thresholds': lead_funnel.csv_relation(
            lead_funnel.seed_path('points_thresholds'), 'seeds/points_thresholds.csv', ['name', 'value', 'description']
        ),
    }).items() %}
        {% do lead_funnel.stop_at_mistakes(var(name ~ '_file', '') or 'seeds/' ~ name ~ '.csv', mistakes) %}
    {% endfor %}
{% endmacro %}

{#- The caps of groups of rules: the seed's, or those of a what-if. -#}
{% macro points_caps_file() %}
    {{ return(lead_funnel._seed_or_file('points_caps', lead_funnel.points_caps_columns())) }}
{% endmacro %}

{#- What the cells of the grid do: by the seed, or by the file of a what-if. -#}
{% macro points_cells_file() %}
    {{ return(lead_funnel._seed_or_file('points_cells', ['cell', 'hands_over', 'description'])) }}
{% endmacro %}

{% macro points_caps_columns() %}
    {{ return(['rule_group', 'max_points_in_period', 'period_days', 'max_points', 'description']) }}
{% endmacro %}

{% macro _seed_or_file(seed, columns) %}
    {% set file = var(seed ~ '_file') %}
    {{ return(lead_funnel.csv_relation(
        file or lead_funnel.seed_path(seed), file or 'seeds/' ~ seed ~ '.csv', columns
    )) }}
{% endmacro %}

{#- By seed, a query with one row for each mistake: line_number, mistake. Takes relations
    whose cells are all text; line_number may be null. -#}
{% macro points_grid_mistakes(seeds) %}
    {% set numbers = {'max_points_in_period': 'no cap', 'period_days': 'the whole cycle', 'max_points': 'no cap'} %}
    {% set edges = ['behavior', 'mql_min_fit'] + lead_funnel.grid_thresholds() %}
    {% set found = {} %}
    {% set caps %}
        select
            line_number,
            case
                when rule_group = '' then 'the cap has no rule_group. Write the one of its rules.'
                {%- for name, nothing in numbers.items() %}
                when try_cast(case when {{ name }} = '' then '0' else {{ name }} end as double) is null
                    or try_cast(case when {{ name }} = '' then '0' else {{ name }} end as double) < 0
                    {%- if name == 'period_days' %}
                    or try_cast({{ name }} as double) != floor(try_cast({{ name }} as double))
                    {%- endif %}
                    then 'group ' || rule_group || ' has {{ name }} ' || {{ name }} || '. Write a number, or 0 for {{ nothing }}.'
                {%- endfor %}
                when
                    coalesce(try_cast(max_points_in_period as double), 0) = 0
                    and coalesce(try_cast(max_points as double), 0) = 0
                    then 'group ' || rule_group || ' has no cap. Write max_points_in_period or max_points, or delete the line.'
                when count(*) over (partition by rule_group) > 1
                    then 'group ' || rule_group || ' is in the file more than once. Delete all but one line.'
            end as mistake

        from {{ seeds['points_caps'] }} as caps
    {% endset %}
    {% set cells %}
        select
            line_number,
            case
                when upper(cell) not in ({{ lead_funnel.literals(lead_funnel.grid_cells()) }})
                    then 'there is no cell ' || cell || '. Write A to D (fit) and 1 to 4 (behaviour), such as A1.'
                when hands_over not in ('mql', 'never', 'threshold')
                    then 'cell ' || cell || ' has hands_over ' || hands_over || '. Write mql (hands over), never, or threshold (the thresholds decide).'
                when count(*) over (partition by upper(cell)) > 1
                    then 'cell ' || cell || ' is in the file more than once. Delete all but one line.'
            end as mistake

        from {{ seeds['points_cells'] }} as cells
    {% endset %}
    {% set thresholds %}
        {%- for edge in edges %}
        select
            1 as line_number,
            'there is no number for {{ edge }}. Add a line {{ edge }},NUMBER,WORDS.' as mistake

        from {{ seeds['points_thresholds'] }} as thresholds

        having coalesce(max(case when name = '{{ edge }}' then try_cast(value as double) end), -1e9) = -1e9

        union all
        {%- endfor %}
        {%- for higher, lower in [('fit_a', 'fit_b'), ('fit_b', 'fit_c'), ('behavior_1', 'behavior_2'), ('behavior_2', 'behavior_3')] %}
        select
            1 as line_number,
            'the number of {{ higher }} lies below that of {{ lower }}. Swap the two.' as mistake

        from {{ seeds['points_thresholds'] }} as thresholds

        having
            max(case when name = '{{ higher }}' then try_cast(value as double) end)
            < max(case when name = '{{ lower }}' then try_cast(value as double) end)
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    {% endset %}
    {% for name, query in {'points_caps': caps, 'points_cells': cells, 'points_thresholds': thresholds}.items() %}
        {% do found.update({name: 'select line_number, mistake from (' ~ query ~ ') as said where mistake is not null'}) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro grid_cells() %}
    {% set cells = [] %}
    {% for grade in 'ABCD' %}
        {% for number in '1234' %}
            {% do cells.append(grade ~ number) %}
        {% endfor %}
    {% endfor %}
    {{ return(cells) }}
{% endmacro %}
