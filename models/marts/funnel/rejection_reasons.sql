{# Why sales rejects what it is given, by where the lead came from, month by month of the
   verdict. #}
{% set dimensions = {
    'channel': 'channel', 'lead_source': 'lead_source', 'campaign': 'first_campaign_id',
} %}

with

handoffs as (

    select * from {{ ref('fct_handoffs') }}
    where verdict in ('accepted', 'rejected')

),

leads as (

    select * from {{ ref('dim_leads') }}

),

verdicts as (

    {% for dimension, column in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        coalesce(leads.{{ column }}, '(null)') as dimension_value,
        cast(date_trunc('month', {{ reporting_time('handoffs.verdict_at') }}) as date) as month_date,
        handoffs.verdict,
        handoffs.verdict_reason

    from handoffs

    inner join leads
        on handoffs.lead_key = leads.lead_key

    {{ 'union all' if not loop.last }}

    {% endfor %}
),

judged as (

    select
        dimension,
        dimension_value,
        month_date,
        count(*) as verdicts

    from verdicts

    group by dimension, dimension_value, month_date

),

rejected as (

    select
        dimension,
        dimension_value,
        month_date,
        verdict_reason as reason,
        count(*) as rejections

    from verdicts

    where verdict = 'rejected'

    group by dimension, dimension_value, month_date, verdict_reason

),

{# In a month with verdicts and without this reason, its share is 0. #}
reasons as (

    select distinct
        dimension,
        dimension_value,
        reason

    from rejected

),

counted as (

    select
        reasons.dimension,
        reasons.dimension_value,
        reasons.reason,
        judged.month_date,
        cast(judged.verdicts as bigint) as verdicts,
        cast(coalesce(rejected.rejections, 0) as bigint) as rejections

    from reasons

    inner join judged
        on
            reasons.dimension = judged.dimension
            and reasons.dimension_value = judged.dimension_value

    left join rejected
        on
            reasons.dimension = rejected.dimension
            and reasons.dimension_value = rejected.dimension_value
            and reasons.reason = rejected.reason
            and judged.month_date = rejected.month_date

),

rated as (

    select
        *,
        cast(rejections as double) / verdicts as rejection_rate,
        lag(cast(rejections as double) / verdicts) over (
            partition by dimension, dimension_value, reason
            order by month_date
        ) as previous_rate

    from counted

),

final as (

    select
        dimension,
        dimension_value,
        reason,
        month_date,
        verdicts,
        rejections,
        rejection_rate,
        {{ wilson_bound('rejections', 'verdicts', 'low') }} as rejection_rate_low,
        {{ wilson_bound('rejections', 'verdicts', 'high') }} as rejection_rate_high,
        rejection_rate - previous_rate as rate_change

    from rated

)

select * from final
order by dimension, dimension_value, reason, month_date
