{# One row per figure and period: what was counted, of how many. The periods end with the clock:
   twelve of 30 days for a trend, two of 90 to compare. What was seen from some day on is null
   before it. #}
{% set spans = {30: 12, 90: 2} %}

with

clock as (

    select * from {{ ref('clock') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

opportunities as (

    select * from {{ ref('opportunities') }}

),

currency_rates as (

    select * from {{ ref('currency_rates') }}

),

periods as (

    {% for span_days, count in spans.items() %}
    {% for number in range(1, count + 1) %}
    select
        {{ span_days }} as span_days,
        {{ number }} as period_number,
        {{ add_days('as_of', -span_days * number) }} as period_start_at,
        {{ add_days('as_of', -span_days * (number - 1)) }} as period_end_at

    from clock

    where as_of is not null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

deals as (

    {{ deals_by_business(ref('opportunities'), ref('fct_lead_cycles'), ref('dim_accounts')) }}

),

{# Whether sales accepted is judged after the days of the black hole, so that a young
   period can be held against an old one. An MQL that sales was not told of is no handoff. #}
handoffs as (

    select
        handoffs.handoff_at,
        {{ is_in_horizon(
            'cycles.sal_at', 'handoffs.handoff_at', var('black_hole_after_days')
        ) }} as is_accepted

    from {{ ref('fct_handoffs') }} as handoffs

    inner join cycles
        on
            handoffs.lead_key = cycles.lead_key
            and handoffs.cycle_number = cycles.cycle_number

    cross join clock

    where
        handoffs.was_told
        and {{ is_mature('handoffs.handoff_at', 'clock.as_of', var('black_hole_after_days')) }}

),

moments as (

    select
        'leads' as metric,
        inquiry_at as moment,
        cast(1 as double) as counted

    from cycles

    where cycle_number = 1

    union all

    select
        'mqls' as metric,
        marketing_mql_at as moment,
        cast(1 as double) as counted

    from cycles

    where marketing_mql_at is not null

    union all

    select
        'accepted_in_time' as metric,
        handoff_at as moment,
        cast(case when is_accepted then 1 else 0 end as double) as counted

    from handoffs

    union all

    select
        'black_hole' as metric,
        handoff_at as moment,
        cast(case when is_in_black_hole then 1 else 0 end as double) as counted

    from {{ ref('judged_handoffs') }}

    union all

    select
        'won_revenue' as metric,
        ended_at as moment,
        converted_amount as counted

    from deals

    where is_new_business_won

),

placed as (

    select
        moments.metric,
        spans.span_days,
        cast(
            floor({{ days_between('moments.moment', 'clock.as_of') }} / spans.span_days)
            as int
        ) + 1 as period_number,
        moments.counted

    from moments

    cross join clock

    cross join (select distinct span_days from periods) as spans

    where moments.moment <= clock.as_of

),

flows as (

    select
        metric,
        span_days,
        period_number,
        sum(counted) as counted,
        count(*) as out_of,
        sum(case when counted is null then 1 else 0 end) as without_amount

    from placed

    group by metric, span_days, period_number

),

pipeline as (

    select
        'open_pipeline' as metric,
        periods.span_days,
        periods.period_number,
        sum(opportunities.amount * rates.rate) as counted,
        count(*) as out_of,
        sum(case when opportunities.amount * rates.rate is null then 1 else 0 end)
            as without_amount

    from periods

    inner join opportunities
        on
            coalesce(opportunities.created_at, opportunities.first_loaded_at)
            <= periods.period_end_at
            and (
                opportunities.closed_as is null
                or opportunities.ended_at > periods.period_end_at
            )

    {{ join_rates('currency_rates', 'opportunities.currency_code', 'periods.period_end_at') }}

    group by periods.span_days, periods.period_number

),

{# Since when each figure can be seen at all. #}
seen as (

    select
        'leads' as metric,
        min(inquiry_at) as seen_from

    from cycles

    union all

    select
        'mqls' as metric,
        min(inquiry_at) as seen_from

    from cycles

    union all

    select
        'accepted_in_time' as metric,
        min(seen_from) as seen_from

    from (
        select cast(min(observable_from) as timestamp) as seen_from
        from {{ ref('observability') }}
        where capability = 'status_history'

        union all

        select min(sal_at) as seen_from from cycles
    ) as both_ways

    union all

    {% for metric, capability in {
        'black_hole': 'activities', 'won_revenue': 'amounts', 'open_pipeline': 'amounts',
    }.items() %}
    select
        '{{ metric }}' as metric,
        cast(min(observable_from) as timestamp) as seen_from

    from {{ ref('observability') }}

    where capability = '{{ capability }}'

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

currency as (

    select max(reporting_currency) as currency_code from currency_rates

),

final as (

    select
        seen.metric,
        periods.span_days,
        periods.period_number,
        periods.period_start_at,
        periods.period_end_at,
        seen.seen_from <= periods.period_start_at as is_whole,
        case
            when seen.metric in ('won_revenue', 'open_pipeline') then currency.currency_code
        end as currency_code,
        case
            when seen.seen_from < periods.period_end_at
                then coalesce(flows.counted, pipeline.counted, 0)
        end as counted,
        case
            when seen.seen_from < periods.period_end_at
                then coalesce(flows.out_of, pipeline.out_of, 0)
        end as out_of,
        coalesce(flows.without_amount, pipeline.without_amount, 0) as without_amount

    from seen

    cross join periods

    cross join currency

    left join flows
        on
            seen.metric = flows.metric
            and periods.span_days = flows.span_days
            and periods.period_number = flows.period_number

    left join pipeline
        on
            seen.metric = pipeline.metric
            and periods.span_days = pipeline.span_days
            and periods.period_number = pipeline.period_number

)

select * from final
