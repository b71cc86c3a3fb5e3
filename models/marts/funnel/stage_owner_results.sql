{# What campaigns, channels, sources and months brought, cut by who owns each stage. The owner
   differs by stage, so a lead may count for marketing as a lead and for the agency as an MQL;
   over the owners of a stage the counts add up to those of campaign_performance,
   source_performance and goal_progress. Cost has no owner. #}
{% set counts = {
    'inquiry': 'leads', 'mql': 'mqls', 'sal': 'sals', 'sql': 'sqls', 'closed_won': 'won',
} %}
{% set dimensions = {'campaign': 'campaign_id', 'channel': 'channel', 'lead_source': 'lead_source'} %}
{% set whole_of = "partition by cut.dimension, cut.dimension_value, cut.stage" %}

with

leads as (

    select
        results.*,
        1 as leads,
        case when results.won_at is not null then 1 else 0 end as won,
        {% for stage in counts %}
        dimensions.{{ stage }}_owner{{ ',' if not loop.last }}
        {% endfor %}

    from {{ ref('int_lead_results') }} as results

    inner join {{ ref('cycle_dimensions') }} as dimensions
        on
            results.lead_key = dimensions.lead_key
            and dimensions.cycle_number = 1

),

periods as (

    select * from {{ ref('funnel_periods') }}

),

stages as (

    select * from {{ ref('stages') }}

),

goals as (

    select
        {{ clean_tag('campaign_id') }} as campaign_id,
        case metric
            when 'leads' then 'inquiry'
            when 'won' then 'closed_won'
            else metric
        end as stage,
        cast(goal as double) as goal

    from {{ ref('campaign_goals') }}

),

by_stage as (

    {% for stage, count in counts.items() %}
    select
        campaign_id,
        channel,
        lead_source,
        '{{ stage }}' as stage,
        {{ stage }}_owner as stage_owner,
        sum({{ count }}) as counted

    from leads

    where {{ count }} > 0

    group by 1, 2, 3, 4, 5

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

cut as (

    {% for dimension, column in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        {{ column }} as dimension_value,
        stage,
        stage_owner,
        sum(counted) as counted

    from by_stage

    where {{ column }} is not null

    group by 1, 2, 3, 4

    union all

    {% endfor %}
    {% for stage, count in counts.items() %}
    select
        'month' as dimension,
        cast(cast(date_trunc('month', date_day) as date) as string) as dimension_value,
        '{{ stage }}' as stage,
        stage_owner,
        sum({{ count }}) as counted

    from periods

    where {{ count }} > 0

    group by 1, 2, 3, 4

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        cut.dimension,
        cut.dimension_value,
        cut.stage,
        stages.stage_order,
        cut.stage_owner,
        cast(cut.counted as bigint) as counted,
        cast(sum(cut.counted) over ({{ whole_of }}) as bigint) as counted_of_all_owners,
        goals.goal,
        cut.counted / nullif(goals.goal, 0) as attainment

    from cut

    inner join stages
        on cut.stage = stages.stage

    left join goals
        on
            cut.stage = goals.stage
            and case cut.dimension
                when 'campaign' then cut.dimension_value
                when 'month' then 'every_month'
            end = goals.campaign_id

)

select * from final
order by dimension, dimension_value, stage_order, stage_owner
