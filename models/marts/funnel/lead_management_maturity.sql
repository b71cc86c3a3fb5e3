{# Where marketing and sales stand: what the data show and what was answered, each a criterion of
   one level of one axis. A level is reached when it and those below have something that is met
   and nothing that is not; what is not known neither helps nor hinders. #}
{% set levels = {
    'relationship': ['undefined', 'defined', 'aligned', 'integrated'],
    'lead_management': ['none', 'defined_terms', 'defined_process', 'own_department'],
} %}
{# Criterion: axis, level, least share, what it says, what to do. #}
{% set criteria = {
    'handoff_is_defined': (
        'relationship', 'defined', 1,
        'Points rules and a service level for MQLs are set.',
        'Set points rules and the service level of mql: seeds points_rules and funnel_stages.',
    ),
    'mqls_are_told': (
        'relationship', 'defined', 0.9,
        'Sales is told of MQLs.',
        'See that each MQL reaches the CRM with an owner: lead-sync, seeds routing_rules and sales_reps.',
    ),
    'mqls_are_judged': (
        'relationship', 'aligned', 0.5,
        'Sales accepts or rejects the MQLs that it is given.',
        'Agree that sales accepts or rejects each MQL in the CRM; look at handoff_feedback.',
    ),
    'reasons_are_given': (
        'relationship', 'aligned', 0.5,
        'Sales says why it rejects.',
        'Have the CRM ask for a reason with each rejection; look at handoff_feedback.',
    ),
    'service_level_is_kept': (
        'relationship', 'aligned', 0.5,
        'MQLs are worked within the service level.',
        'Find where leads wait: black_hole and black_hole_factors.',
    ),
    'one_system': (
        'relationship', 'integrated', 0.9,
        'MQLs are records of the CRM too, so that both sides see the same lead.',
        'Let lead-sync create the leads that the CRM does not know.',
    ),
    'deals_are_linked': (
        'relationship', 'integrated', 0.9,
        'Won deals are linked to the leads that they came of.',
        'Fill contact roles or converted leads of deals in the CRM.',
    ),
    'common_goals_are_set': (
        'relationship', 'integrated', 1,
        'Goals go beyond MQLs: for SALs, SQLs or wins.',
        'Set goals for sal, sql or won in the seed campaign_goals.',
    ),
    'stages_are_described': (
        'lead_management', 'defined_terms', 1,
        'Each stage of the funnel is described.',
        'Describe each stage in the seed funnel_stages.',
    ),
    'statuses_are_mapped': (
        'lead_management', 'defined_terms', 0.95,
        'Statuses of the CRM mean a stage.',
        'Map the statuses that data_warnings names: seed crm_status_map.',
    ),
    'moves_are_allowed': (
        'lead_management', 'defined_process', 0.9,
        'Leads move through the stages as agreed.',
        'Look at stage_anomalies, and correct the seed stage_transitions or the practice.',
    ),
    'routing_is_defined': (
        'lead_management', 'defined_process', 1,
        'Rules say which team gets which lead.',
        'Fill the seeds routing_rules and sales_teams.',
    ),
} %}

with

clock as (

    select * from {{ ref('clock') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

stages as (

    select * from {{ ref('funnel_stages') }}

),

handoff_shares as (

    select
        avg(cast(handoffs.was_told as int)) as mqls_are_told,
        avg(case
            when handoffs.verdict in ('accepted', 'rejected') then 1
            when handoffs.is_judged then 0
        end) as mqls_are_judged,
        avg(case
            when handoffs.verdict = 'rejected'
                then cast(coalesce(handoffs.verdict_reason != 'not_given', false) as int)
        end) as reasons_are_given,
        avg(cast(handoffs.is_service_level_kept as int)) as service_level_is_kept,
        avg(cast(coalesce(leads.crm_lead_id, leads.crm_contact_id) is not null as int))
            as one_system

    from handoffs

    inner join {{ ref('dim_leads') }} as leads
        on handoffs.lead_key = leads.lead_key

),

measured as (

    {% for criterion in [
        'mqls_are_told', 'mqls_are_judged', 'reasons_are_given', 'service_level_is_kept',
        'one_system',
    ] %}
    select
        '{{ criterion }}' as criterion,
        cast({{ criterion }} as double) as share

    from handoff_shares

    union all

    {% endfor %}
    select
        'handoff_is_defined' as criterion,
        cast(case when count(*) > 0 and max(stages.service_level_hours) > 0 then 1 else 0 end as double)
            as share

    from {{ ref('points_rules') }} as rules

    inner join stages
        on stages.stage = 'mql'

    union all

    select
        'deals_are_linked' as criterion,
        avg(cast(lead_key is not null as int)) as share

    from {{ ref('opportunities') }}

    where closed_as = 'closed_won'

    union all

    select
        'common_goals_are_set' as criterion,
        cast(count(distinct case when metric in ('sal', 'sql', 'won') then 1 end) as double) as share

    from {{ ref('campaign_goals') }}

    union all

    select
        'stages_are_described' as criterion,
        avg(cast({{ seed_text('description') }} != '' as int)) as share

    from stages

    union all

    select
        'statuses_are_mapped' as criterion,
        avg(cast(stage is not null as int)) as share

    from {{ ref('crm_stage_signals') }}

    union all

    select
        'moves_are_allowed' as criterion,
        avg(cast(anomalies.lead_key is null as int)) as share

    from (select distinct lead_key from {{ ref('fct_lead_cycles') }}) as leads

    left join (select distinct lead_key from {{ ref('stage_anomalies') }}) as anomalies
        on leads.lead_key = anomalies.lead_key

    union all

    select
        'routing_is_defined' as criterion,
        cast(case when count(*) > 0 and count(teams.team_id) > 0 then 1 else 0 end as double)
            as share

    from {{ ref('routing_rules') }} as rules

    left join {{ ref('sales_teams') }} as teams
        on rules.team_id = teams.team_id

),

defined as (

    {% for criterion, (axis, level, least, statement, next_step) in criteria.items() %}
    select
        '{{ criterion }}' as criterion,
        '{{ axis }}' as axis,
        '{{ level }}' as level,
        {{ levels[axis].index(level) + 1 }} as level_number,
        cast({{ least }} as double) as least_share,
        '{{ statement }}' as statement,
        '{{ next_step }}' as next_step

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

ranked_answers as (

    select
        {{ seed_text('answers.question_id') }} as question_id,
        lower({{ seed_text('answers.answer') }}) as answer,
        row_number() over (
            partition by answers.question_id
            order by answers.answered_at desc, answers.answer
        ) as preference_rank

    from {{ ref('maturity_answers') }} as answers

    inner join clock
        on cast(answers.answered_at as timestamp) <= clock.as_of

),

collected as (

    select
        defined.axis,
        defined.level,
        defined.level_number,
        'data' as basis,
        defined.criterion,
        defined.statement,
        measured.share,
        defined.least_share,
        cast(null as string) as answer,
        {# Rounded: a share that is the limit is met, whatever its last digits. #}
        round(measured.share, 9) >= defined.least_share as is_met,
        defined.next_step

    from defined

    left join measured
        on defined.criterion = measured.criterion

    union all

    select
        questions.axis,
        questions.level,
        case
            {% for level in levels.values() | sum(start=[]) %}
            when questions.level = '{{ level }}' then {{ loop.index0 % 4 + 1 }}
            {% endfor %}
        end as level_number,
        'answer' as basis,
        questions.question_id as criterion,
        questions.text as statement,
        cast(null as double) as share,
        cast(null as double) as least_share,
        ranked_answers.answer,
        ranked_answers.answer = 'yes' as is_met,
        case
            when ranked_answers.answer is null
                then 'Answer the question in the seed maturity_answers.'
            else 'See that it holds: ' || questions.text
        end as next_step

    from {{ ref('maturity_questions') }} as questions

    left join ranked_answers
        on
            {{ seed_text('questions.question_id') }} = ranked_answers.question_id
            and ranked_answers.preference_rank = 1

),

level_states as (

    select
        axis,
        level_number,
        max(case when is_met then 1 else 0 end) = 1
        and max(case when not is_met then 1 else 0 end) = 0 as is_reached

    from collected

    group by axis, level_number

),

{# One below the first level that is not reached. #}
axis_levels as (

    select
        axis,
        coalesce(min(case when not is_reached then level_number end), 5) - 1 as reached_level

    from level_states

    group by axis

),

place as (

    select
        max(case when axis = 'relationship' then reached_level end) as relationship_level,
        max(case when axis = 'lead_management' then reached_level end) as lead_management_level

    from axis_levels

),

final as (

    select
        collected.axis,
        cast(collected.level_number as int) as level_number,
        collected.level,
        collected.basis,
        collected.criterion,
        collected.statement,
        collected.share,
        collected.least_share,
        collected.answer,
        collected.is_met,
        case when not coalesce(collected.is_met, false) then collected.next_step end as next_step,
        not coalesce(collected.is_met, false)
        and collected.level_number = axis_levels.reached_level + 1 as is_next,
        cast(place.relationship_level as int) as relationship_level,
        {% for axis, names in levels.items() %}
        case place.{{ axis }}_level
            {% for name in names %}
            when {{ loop.index }} then '{{ name }}'
            {% endfor %}
        end as {{ axis }}_reached,
        {% endfor %}
        cast(place.lead_management_level as int) as lead_management_level,
        case
            when place.lead_management_level > place.relationship_level then 'defined_but_not_lived'
            when place.lead_management_level < place.relationship_level
                then 'effort_without_definitions'
            else 'on_the_line'
        end as position

    from collected

    inner join axis_levels
        on collected.axis = axis_levels.axis

    cross join place

)

select * from final
order by axis, level_number, basis, criterion
