{# The rules that marketing and sales agreed on, typed. Each row is one version
   of a rule; 0 means no cap, no period, no rest, no decay. A what-if puts the lines of
   other files in the place of the seeds'. #}
{% set written = ref('points_rules') %}
{% set written_caps = ref('points_caps') %}
{% if var('points_rules_file') and execute %}
{% set written = points_rules_file() %}
{% endif %}
{% if var('points_caps_file') and execute %}
{% set written_caps = points_caps_file() %}
{% endif %}

with

caps as (

    select
        {{ seed_text('rule_group') }} as rule_group,
        {% for column in ['max_points_in_period', 'period_days', 'max_points'] %}
        coalesce(cast(nullif({{ seed_text(column) }}, '') as double), 0) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}

    from {{ written_caps }} as written_caps

),

rules as (

    select
        {% for column in [
            'rule_id', 'dimension', 'event_type', 'path_pattern', 'content_type',
            'topic', 'form_id', 'campaign_type', 'field', 'operator', 'value',
        ] %}
        {{ seed_text(column) }} as {{ column }},
        {% endfor %}
        cast(points as double) as points,
        {% for column, type in [
            ('max_awards', 'int'), ('period_days', 'int'),
            ('cool_down_days', 'double'), ('half_life_days', 'double'),
        ] %}
        coalesce(cast(nullif({{ seed_text(column) }}, '') as {{ type }}), 0)
            as {{ column }},
        {% endfor %}
        {{ seed_text('blocks_mql') }} = '1' as blocks_mql,
        {{ seed_text('rule_group') }} as rule_group,
        cast(valid_from as timestamp) as valid_from,
        {# The last day of a version still counts. #}
        {{ add_days('cast(valid_to as timestamp)', 1) }} as valid_until,
        {{ seed_text('description') }} as description

    from {{ written }} as written

),

final as (

    select
        rules.rule_id,
        rules.dimension,
        rules.event_type,
        rules.path_pattern,
        rules.content_type,
        rules.topic,
        rules.form_id,
        rules.campaign_type,
        rules.field,
        rules.operator,
        rules.value,
        rules.points,
        rules.max_awards,
        rules.period_days,
        rules.cool_down_days,
        rules.half_life_days,
        rules.blocks_mql,
        rules.rule_group,
        coalesce(caps.max_points_in_period, cast(0 as double)) as group_max_points_in_period,
        cast(coalesce(caps.period_days, 0) as int) as group_period_days,
        coalesce(caps.max_points, cast(0 as double)) as group_max_points,
        rules.valid_from,
        rules.valid_until,
        rules.description

    from rules

    left join caps
        on rules.rule_group = caps.rule_group

)

select * from final
