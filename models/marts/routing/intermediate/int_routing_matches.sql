{# One row for each combination of what rules ask for and each rule: what the rule
   does not fit by, and whether it is the first that fits. #}
with

combinations as (

    select distinct
        combination_key,
        country_code,
        segment,
        topic,
        language,
        score_step

    from {{ ref('int_lead_combinations') }}

),

team_days as (

    select * from {{ ref('team_days') }}

),

rules as (

    select
        cast(priority as int) as priority,
        {{ seed_text('rule_id') }} as rule_id,
        {{ seed_text('country_code') }} as country_code,
        {{ seed_text('segment') }} as segment,
        {{ seed_text('topic') }} as topic,
        {{ seed_text('language') }} as language,
        coalesce(cast(min_score as double), 0) as min_score,
        {{ experience_level(seed_text('min_experience')) }} as min_experience_level,
        {{ seed_text('only_when_open') }} = '1' as only_when_open,
        {{ seed_text('team_id') }} as team_id

    from {{ ref('routing_rules') }}

),

judged as (

    select
        combinations.combination_key,
        rules.priority,
        rules.rule_id,
        rules.team_id,
        rules.min_experience_level,
        case
            {%- for column in ['country_code', 'language', 'segment', 'topic'] %}
            when rules.{{ column }} not in ('', combinations.{{ column }})
                then 'other_{{ column | replace("_code", "") }}'
            {%- endfor %}
            when combinations.score_step < rules.min_score then 'score_too_low'
            when
                rules.only_when_open
                and not {{ team_day('is_open', 'false') }}
                then 'out_of_hours'
        end as mismatch

    from combinations

    cross join rules

    {{ join_team_day('team_days', 'rules.team_id') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                combination_key, case when mismatch is null then 1 else 0 end
            order by priority, rule_id
        ) as match_rank,
        min(case when mismatch is null then priority end) over (
            partition by combination_key
        ) as first_match_priority

    from judged

),

final as (

    select
        combination_key,
        rule_id,
        priority,
        team_id,
        min_experience_level,
        mismatch,
        mismatch is null and match_rank = 1 as is_first_match,
        {# Rules are tried in their order, so that those after the first that fits are
           looked at only if they would have fitted too. #}
        mismatch is null
        or coalesce(priority <= first_match_priority, true) as is_considered

    from ranked

)

select * from final
