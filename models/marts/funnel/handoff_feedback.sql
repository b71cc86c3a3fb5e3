{# What sales says of what it is given, by where the lead came from and who got it, month by
   month of the verdict. #}
{% set dimensions = {
    'all': "'all'",
    'channel': 'leads.channel',
    'lead_source': 'leads.lead_source',
    'campaign': 'leads.first_campaign_id',
    'team': 'handoffs.team_id',
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
        coalesce({{ column }}, '(null)') as dimension_value,
        cast(date_trunc('month', {{ reporting_time('handoffs.verdict_at') }}) as date) as month_date,
        handoffs.verdict,
        case when handoffs.verdict = 'rejected' then handoffs.verdict_reason else 'accepted' end
            as reason

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

told as (

    select
        dimension,
        dimension_value,
        month_date,
        verdict,
        reason,
        count(*) as handoffs

    from verdicts

    group by dimension, dimension_value, month_date, verdict, reason

),

{# In a month with verdicts and without this one, its share is 0. #}
reasons as (

    select distinct
        dimension,
        dimension_value,
        verdict,
        reason

    from told

),

counted as (

    select
        reasons.dimension,
        reasons.dimension_value,
        reasons.verdict,
        reasons.reason,
        judged.month_date,
        cast(judged.verdicts as bigint) as verdicts,
        cast(coalesce(told.handoffs, 0) as bigint) as handoffs

    from reasons

    inner join judged
        on
            reasons.dimension = judged.dimension
            and reasons.dimension_value = judged.dimension_value

    left join told
        on
            reasons.dimension = told.dimension
            and reasons.dimension_value = told.dimension_value
            and reasons.verdict = told.verdict
            and reasons.reason = told.reason
            and judged.month_date = told.month_date

),

rated as (

    select
        *,
        cast(handoffs as double) / verdicts as verdict_share,
        lag(cast(handoffs as double) / verdicts) over (
            partition by dimension, dimension_value, verdict, reason
            order by month_date
        ) as previous_share

    from counted

),

final as (

    select
        dimension,
        dimension_value,
        month_date,
        verdict,
        case when verdict = 'rejected' then reason end as reason,
        verdicts,
        handoffs,
        verdict_share,
        {{ wilson_bound('handoffs', 'verdicts', 'low') }} as verdict_share_low,
        {{ wilson_bound('handoffs', 'verdicts', 'high') }} as verdict_share_high,
        verdict_share - previous_share as share_change

    from rated

)

select * from final
order by dimension, dimension_value, month_date, verdict, reason nulls first
