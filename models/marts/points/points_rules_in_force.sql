{# The rules that marketing and sales agreed on, typed. Each row is one version
   of a rule; 0 means no cap, no period, no rest, no decay. A what-if puts the lines of
   another file in the place of the seed's. #}
{% set written = ref('points_rules') %}
{% if var('points_rules_file') and execute %}
{% set written = points_rules_file() %}
{% endif %}

with

final as (

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
        cast(valid_from as timestamp) as valid_from,
        {# The last day of a version still counts. #}
        {{ add_days('cast(valid_to as timestamp)', 1) }} as valid_until,
        {{ seed_text('description') }} as description

    from {{ written }} as written

)

select * from final
