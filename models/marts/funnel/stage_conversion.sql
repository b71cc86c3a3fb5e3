{# From any stage to any later one, by month in which the cycle began: counts, which add up
   over months, and their rate. Only cycles that entered the first stage long enough ago to tell
   count in the rate; of neighbours it is the rate of funnel_conversion. #}
{% set dimensions = {
    'all': "'all'",
    'origin': 'origin',
    'channel': 'channel',
    'lead_source': 'lead_source',
    'campaign': 'campaign_id',
    'persona': 'persona',
    'segment': 'segment',
    'team': 'team_id',
} %}
{% set stages = ['inquiry', 'mql', 'sal', 'sql', 'closed_won'] %}

with

clock as (

    select * from {{ ref('clock') }}

),

dimensions as (

    select * from {{ ref('cycle_dimensions') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

{% set pairs = [] %}
{% for from_stage in stages[:-1] %}
{% for to_stage in stages[loop.index:] %}
{% do pairs.append((from_stage, to_stage)) %}
{% endfor %}
{% endfor %}
pairs as (

    {% for from_stage, to_stage in pairs %}
    select
        cycles.lead_key,
        cycles.cycle_number,
        '{{ from_stage }}' as from_stage,
        '{{ to_stage }}' as to_stage,
        {{ loop.index }} as pair_order,
        {{ is_mature('cycles.' ~ from_stage ~ '_at', 'clock.as_of') }} as is_mature,
        cycles.{{ to_stage }}_at is not null as has_reached

    from cycles

    cross join clock

    where cycles.{{ from_stage }}_at is not null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# Once per combination, before it is told by each dimension. #}
counted as (

    select
        dimensions.cohort_month,
        {% for column in dimensions.values() if column != "'all'" %}
        dimensions.{{ column }},
        {% endfor %}
        pairs.from_stage,
        pairs.to_stage,
        pairs.pair_order,
        count(*) as entered,
        sum(case when pairs.has_reached then 1 else 0 end) as reached,
        sum(case when pairs.is_mature then 1 else 0 end) as mature,
        sum(case when pairs.is_mature and pairs.has_reached then 1 else 0 end) as mature_reached

    from pairs

    inner join dimensions
        on
            pairs.lead_key = dimensions.lead_key
            and pairs.cycle_number = dimensions.cycle_number

    group by
        dimensions.cohort_month,
        {% for column in dimensions.values() if column != "'all'" %}
        dimensions.{{ column }},
        {% endfor %}
        pairs.from_stage,
        pairs.to_stage,
        pairs.pair_order

),

cut as (

    {% for dimension, value in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        cohort_month,
        from_stage,
        to_stage,
        pair_order,
        {% for count in ['entered', 'reached', 'mature', 'mature_reached'] %}
        cast(sum({{ count }}) as bigint) as {{ count }}{{ ',' if not loop.last }}
        {% endfor %}

    from counted

    group by 1, 2, 3, 4, 5, 6

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
        cast(pair_order as int) as pair_order,
        entered,
        reached,
        mature,
        mature_reached,
        cast(mature_reached as double) / nullif(mature, 0) as conversion_rate,
        {{ wilson_bound('mature_reached', 'mature', 'low') }} as conversion_rate_low,
        {{ wilson_bound('mature_reached', 'mature', 'high') }} as conversion_rate_high

    from cut

)

select * from final
order by dimension, dimension_value, cohort_month, pair_order
