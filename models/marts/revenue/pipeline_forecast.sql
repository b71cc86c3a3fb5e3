{# What becomes of deals that are open on one day of a month, told by what became of those
   that were open on the same day of earlier months: by stage and days in it, how many were
   won in what was left of the month and in each of the three after. Each past month is
   told as it would have been then, by months that were over by then, and is what the
   forecast is judged by. #}
{% set prior_deals = 10 %}

with

clock as (

    select
        {{ reporting_time('as_of') }} as as_of,
        cast(date_trunc('month', {{ reporting_time('as_of') }}) as timestamp) as month_start

    from {{ ref('clock') }}

),

numbers as (

    {{ whole_numbers(2) }}

),

{# The middle of a month, so many mean months away, lies in the right month: -4 is
   four months ahead, 24 two years back. #}
months as (

    select
        numbers.number - 5 as months_back,
        cast(date_trunc('month', {{ add_days(
            'clock.month_start', '14 - cast(30.4375 as double) * (numbers.number - 5)'
        ) }}) as timestamp) as month_start

    from numbers

    cross join clock

    where numbers.number <= 29

),

bounded_months as (

    select
        months_back,
        month_start,
        cast(date_trunc('month', {{ add_days('month_start', 32) }}) as timestamp) as next_start

    from months

),

{# The same moment of each month, or its last. #}
moments as (

    select
        bounded_months.months_back,
        least(
            {{ add_days(
                'bounded_months.month_start',
                days_between('clock.month_start', 'clock.as_of')
            ) }},
            {{ add_seconds('bounded_months.next_start', -1) }}
        ) as told_at

    from bounded_months

    cross join clock

    where bounded_months.months_back >= 0

),

{# A deal that was closed with a day that is yet to come is closed now. #}
stays as (

    select
        stages.stage_name,
        {{ reporting_time('stages.entered_at') }} as entered_at,
        case
            when stages.exited_at is not null
                then least({{ reporting_time('stages.exited_at') }}, clock.as_of)
        end as exited_at,
        case
            when deals.outcome = 'won'
                then least({{ reporting_time('deals.ended_at') }}, clock.as_of)
        end as won_at,
        deals.amount

    from {{ ref('int_deal_stages') }} as stages

    inner join {{ ref('fct_opportunities') }} as deals
        on stages.opportunity_id = deals.opportunity_id

    cross join clock

),

open_deals as (

    select
        moments.months_back,
        moments.told_at,
        stays.stage_name,
        case
            when {{ days_between('stays.entered_at', 'moments.told_at') }} < 14 then 'to_2_weeks'
            when {{ days_between('stays.entered_at', 'moments.told_at') }} < 42 then 'to_6_weeks'
            else 'longer'
        end as age_band,
        stays.won_at,
        coalesce(stays.amount, 0) as amount

    from stays

    inner join moments
        on
            stays.entered_at <= moments.told_at
            and (stays.exited_at is null or stays.exited_at > moments.told_at)

),

{# Deals that are alike are told of together. #}
groups_ahead as (

    select
        open_deals.months_back,
        open_deals.told_at,
        targets.months_back as target_back,
        targets.month_start,
        targets.next_start,
        open_deals.stage_name,
        open_deals.age_band,
        count(*) as deals,
        sum(open_deals.amount) as amount,
        sum(open_deals.amount * open_deals.amount) as squared_amount,
        sum(
            case
                when
                    open_deals.won_at >= targets.month_start
                    and open_deals.won_at < targets.next_start
                    then 1
                else 0
            end
        ) as wins,
        sum(
            case
                when
                    open_deals.won_at >= targets.month_start
                    and open_deals.won_at < targets.next_start
                    then open_deals.amount
                else 0
            end
        ) as won_amount

    from open_deals

    inner join bounded_months as targets
        on targets.months_back between open_deals.months_back - 3 and open_deals.months_back

    group by
        open_deals.months_back,
        open_deals.told_at,
        targets.months_back,
        targets.month_start,
        targets.next_start,
        open_deals.stage_name,
        open_deals.age_band

),

tellers as (

    select
        moments.months_back,
        past.months_back - past.target_back as months_ahead,
        past.stage_name,
        past.age_band,
        sum(past.deals) as past_deals,
        sum(past.wins) as past_wins

    from moments

    inner join groups_ahead as past
        on moments.told_at >= past.next_start

    where moments.months_back <= 12

    group by
        moments.months_back,
        past.months_back - past.target_back,
        past.stage_name,
        past.age_band

),

all_tellers as (

    select
        months_back,
        months_ahead,
        (sum(past_wins) + cast(0.5 as double)) / (sum(past_deals) + 1) as win_rate

    from tellers

    group by months_back, months_ahead

    having sum(past_deals) >= {{ prior_deals }}

),

{# Few deals of a kind are drawn to the mean of all, which is never quite 0 or 1. #}
rated as (

    select
        groups_ahead.*,
        coalesce(tellers.past_deals, 0) + {{ prior_deals }} as weight,
        (coalesce(tellers.past_wins, 0) + {{ prior_deals }} * all_tellers.win_rate)
        / (coalesce(tellers.past_deals, 0) + {{ prior_deals }}) as win_rate

    from groups_ahead

    left join all_tellers
        on
            groups_ahead.months_back = all_tellers.months_back
            and groups_ahead.months_back - groups_ahead.target_back = all_tellers.months_ahead

    left join tellers
        on
            groups_ahead.months_back = tellers.months_back
            and groups_ahead.months_back - groups_ahead.target_back = tellers.months_ahead
            and groups_ahead.stage_name = tellers.stage_name
            and groups_ahead.age_band = tellers.age_band

    where groups_ahead.months_back <= 12

),

{# Chance of the deals themselves, and of the past ones that tell the rate. #}
summed as (

    select
        months_back,
        told_at,
        target_back,
        month_start,
        next_start,
        sum(deals) as open_deals,
        sum(amount) as open_amount,
        sum(deals * win_rate) as expected_wins,
        1.96 * sqrt(sum(win_rate * (1 - win_rate) * (deals + deals * deals / weight))) + 0.5
            as wins_reach,
        sum(amount * win_rate) as expected_amount,
        1.96 * sqrt(sum(win_rate * (1 - win_rate) * (squared_amount + amount * amount / weight)))
            as amount_reach,
        sum(wins) as wins,
        sum(won_amount) as won_amount,
        max(case when win_rate is null then 1 else 0 end) as is_untold

    from rated

    group by months_back, told_at, target_back, month_start, next_start

),

final as (

    select
        cast(summed.told_at as date) as forecast_date,
        cast(summed.month_start as date) as month_date,
        cast(summed.months_back - summed.target_back as int) as months_ahead,
        case when summed.months_back = 0 then 'forecast' else 'backtest' end as basis,
        cast(summed.open_deals as bigint) as open_deals,
        round(cast(summed.open_amount as double), 2) as open_amount,
        {% set told = 'case when summed.is_untold = 0 then' %}
        {{ told }} round(summed.expected_wins, 6) end as expected_wins,
        {{ told }} round(greatest(summed.expected_wins - summed.wins_reach, 0), 6) end
            as expected_wins_low,
        {{ told }} round(least(summed.expected_wins + summed.wins_reach, summed.open_deals), 6) end
            as expected_wins_high,
        {{ told }} round(summed.expected_amount, 2) end as expected_amount,
        {{ told }} round(greatest(summed.expected_amount - summed.amount_reach, 0), 2) end
            as expected_amount_low,
        {{ told }} round(least(summed.expected_amount + summed.amount_reach, summed.open_amount), 2) end
            as expected_amount_high,
        case when summed.next_start <= clock.as_of then cast(summed.wins as bigint) end as wins,
        case when summed.next_start <= clock.as_of then round(cast(summed.won_amount as double), 2) end
            as won_amount,
        case
            when summed.is_untold = 0 and summed.next_start <= clock.as_of
                then
                    summed.wins >= greatest(summed.expected_wins - summed.wins_reach, 0)
                    and summed.wins <= least(
                        summed.expected_wins + summed.wins_reach, summed.open_deals
                    )
        end as is_within

    from summed

    cross join clock

)

select * from final
order by forecast_date, month_date
