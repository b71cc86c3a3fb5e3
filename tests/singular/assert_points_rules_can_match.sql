{# What check_points_rules says of the file, said of the loaded rows: for engines that
   cannot read the file, and for rules that came into the table in another way. #}
{% set rules %}(
        select
            cast(null as int) as line_number,
            {%- for column in points_rules_columns() if column != 'description' %}
            {{ seed_text(column) }} as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}

        from {{ ref('points_rules') }}
    )
{%- endset %}
{% set event_types %}(
        select
            {%- for column in ['source', 'raw_name', 'path_pattern', 'event_type', 'content_type', 'topic'] %}
            {{ seed_text(column) }} as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}

        from {{ ref('event_types') }}
    )
{%- endset %}
{% set personas %}(
        select
            {{ seed_text('persona') }} as persona,
            {{ seed_text('job_level') }} as job_level

        from {{ ref('personas') }}
    )
{%- endset %}
{% set seeds = {} %}
{% for seed, columns in {
    'points_caps': ['rule_group', 'max_points_in_period', 'period_days', 'max_points'],
    'points_cells': ['cell', 'hands_over'],
    'points_thresholds': ['name', 'value'],
}.items() %}
{% set relation %}(
        select
            cast(null as int) as line_number,
            {%- for column in columns %}
            {{ seed_text(column) }} as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}

        from {{ ref(seed) }}
    )
{%- endset %}
{% do seeds.update({seed: relation}) %}
{% endfor %}
select
    line_number,
    mistake

from (
    {{ points_rule_mistakes(rules, event_types, personas, seeds['points_caps']) }}
) as mistakes_of_rules

{% for mistakes in points_grid_mistakes(seeds).values() %}
union all

select
    line_number,
    mistake

from (
    {{ mistakes }}
) as mistakes_of_others
{% endfor %}
