{# The rules that marketing and sales agreed on, typed. Each row is one version
   of a rule; 0 means no cap, no period, no decay. #}
with

final as (

    select
        {{ seed_text('rule_id') }} as rule_id,
        {{ seed_text('dimension') }} as dimension,
        {{ seed_text('event_type') }} as event_type,
        {{ seed_text('path_pattern') }} as path_pattern,
        {{ seed_text('content_type') }} as content_type,
        {{ seed_text('topic') }} as topic,
        {{ seed_text('form_id') }} as form_id,
        {{ seed_text('field') }} as field,
        {{ seed_text('operator') }} as operator,
        {{ seed_text('value') }} as value,
        cast(points as double) as points,
        cast(max_awards as int) as max_awards,
        cast(period_days as int) as period_days,
        cast(half_life_days as double) as half_life_days,
        cast(valid_from as timestamp) as valid_from,
        {# The last day of a version still counts. #}
        {{ add_days('cast(valid_to as timestamp)', 1) }} as valid_until,
        {{ seed_text('description') }} as description

    from {{ ref('points_rules') }}

)

select * from final
