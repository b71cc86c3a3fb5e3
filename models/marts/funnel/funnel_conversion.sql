{# The funnel cut by each dimension and by pairs that are asked for often; other
   combinations come from funnel_cohorts. Only cycles that entered the stage long
   enough ago to tell count in the rate. The month of a cut is a column of its own, as in
   stage_conversion. #}
{% set columns = {
    'origin': 'origin',
    'channel': 'channel',
    'lead_source': 'lead_source',
    'campaign': 'campaign_id',
    'persona': 'persona',
    'segment': 'segment',
    'team': 'team_id',
    'stage_owner': 'stage_owner',
} %}
{% set pairs = [
    ('month', 'origin'), ('month', 'channel'), ('month', 'lead_source'), ('month', 'segment'),
    ('month', 'team'), ('month', 'stage_owner'), ('channel', 'segment'), ('channel', 'persona'),
    ('lead_source', 'segment'), ('team', 'lead_source'),
] %}
{% set cuts = [['all'], ['month']] %}
{% for name in columns %}
    {% do cuts.append([name]) %}
{% endfor %}
{% for first, second in pairs %}
    {% do cuts.append([first, second]) %}
{% endfor %}
{% set counts = [
    'entered', 'implied', 'advanced', 'lost', 'recycled', 'disqualified',
    'expired', 'won_by_colleague', 'open', 'mature', 'mature_advanced',
] %}

with

cohorts as (

    select * from {{ ref('funnel_cohorts') }}

),

counted as (

    {% for cut in cuts %}
    {% set values = [] %}
    {% for name in cut if name in columns %}
        {% do values.append(columns[name]) %}
    {% endfor %}
    select
        '{{ cut | join(', ') }}' as dimension,
        {{ values[0] if values else "'all'" }} as dimension_value,
        {{ values[1] if values | length > 1 else 'cast(null as string)' }}
            as second_dimension_value,
        {{ 'cohort_month' if 'month' in cut else 'cast(null as date) as cohort_month' }},
        stage,
        stage_order,
        {% for count in counts %}
        cast(sum({{ count }}) as bigint) as {{ count }}{{ ',' if not loop.last }}
        {% endfor %}

    from cohorts

    group by 1, 2, 3, 4, 5, 6

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        dimension,
        dimension_value,
        second_dimension_value,
        cohort_month,
        stage,
        stage_order,
        {% for count in counts %}
        {{ count }},
        {% endfor %}
        {# Nothing comes after closed won. #}
        case
            when stage != 'closed_won'
                then cast(mature_advanced as double) / nullif(mature, 0)
        end as conversion_rate,
        case
            when stage != 'closed_won'
                then {{ wilson_bound('mature_advanced', 'mature', 'low') }}
        end as conversion_rate_low,
        case
            when stage != 'closed_won'
                then {{ wilson_bound('mature_advanced', 'mature', 'high') }}
        end as conversion_rate_high

    from counted

)

select * from final
order by
    dimension, dimension_value, second_dimension_value nulls first,
    cohort_month nulls first, stage_order
