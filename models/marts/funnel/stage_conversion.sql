{# From any stage to any later one, by month in which the cycle began: counts, which add up
   over months, and their rate. Only cycles that entered the first stage long enough ago to tell
   count in the rate, of closed won only those of which a win could be seen; of neighbours it is the rate of funnel_conversion. #}
{% set dimensions = {
    'all': "'all'",
    'origin': 'origin',
    'channel': 'channel',
    'lead_source': 'lead_source',
    'campaign': 'campaign_id',
    'persona': 'persona',
    'segment': 'segment',
    'team': 'team_id',
    'stage_owner': 'stage_owner',
} %}
{% set later = ['mql', 'sal', 'sql', 'closed_won'] %}
{% set counts = ['entered', 'mature', 'mature_for_wins'] %}
{% for stage in later %}
{% do counts.extend(['reached_' ~ stage, 'mature_reached_' ~ stage]) %}
{% endfor %}

with

cohorts as (

    select * from {{ ref('funnel_cohorts') }}
    where stage != 'closed_won'

),

cut as (

    {% for dimension, value in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        cohort_month,
        stage,
        stage_order,
        {% for count in counts %}
        sum({{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {% endfor %}

    from cohorts

    group by 1, 2, 3, 4, 5

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# What a stage cannot lead to is null there. #}
paired as (

    {% for stage in later %}
    select
        dimension,
        dimension_value,
        cohort_month,
        stage as from_stage,
        '{{ stage }}' as to_stage,
        cast(10 * stage_order + {{ loop.index }} as int) as pair_order,
        cast(entered as bigint) as entered,
        cast(reached_{{ stage }} as bigint) as reached,
        cast({{ 'mature_for_wins' if stage == 'closed_won' else 'mature' }} as bigint) as mature,
        cast(mature_reached_{{ stage }} as bigint) as mature_reached

    from cut

    where reached_{{ stage }} is not null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        dimension,
        dimension_value,
        cohort_month,
        from_stage,
        to_stage,
        pair_order,
        entered,
        reached,
        mature,
        mature_reached,
        cast(mature_reached as double) / nullif(mature, 0) as conversion_rate,
        {{ wilson_bound('mature_reached', 'mature', 'low') }} as conversion_rate_low,
        {{ wilson_bound('mature_reached', 'mature', 'high') }} as conversion_rate_high

    from paired

)

select * from final
order by dimension, dimension_value, cohort_month, pair_order
