{# Stock = stock of the day before + entered - departed, no day is missing, and
   the last day's stock is where leads stand now. #}
with

days as (

    select
        *,
        lag(stock, 1, cast(0 as bigint)) over stage_days as stock_before,
        lag(date_day) over stage_days as day_before

    from {{ ref('funnel_daily') }}

    window stage_days as (partition by stage, stage_owner order by date_day)

),

last_days as (

    select
        stage,
        sum(stock) as stock

    from {{ ref('funnel_daily') }}

    where date_day = (select max(date_day) from {{ ref('funnel_daily') }})

    group by stage

),

standing as (

    select
        case when outcome = 'won_by_colleague' then outcome else current_stage end as stage,
        count(*) as leads

    from {{ ref('fct_lead_cycles') }}

    where is_current

    group by 1

)

select
    stage,
    cast(date_day as string) as problem

from days

where
    stock != stock_before + entered - departed
    or stock < 0
    or cast({{ add_days('cast(day_before as timestamp)', 1) }} as date) != date_day

union all

select
    last_days.stage,
    'stock ' || cast(last_days.stock as string) as problem

from last_days

left join standing
    on last_days.stage = standing.stage

where last_days.stock != coalesce(standing.leads, 0)
