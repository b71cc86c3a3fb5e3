{# The working day that each team's leads are handed out for: the one that runs, or
   the next. Its leads count from the moment the day before has closed. The team
   without a name stands for teams without a calendar. #}
with

clock as (

    select * from {{ ref('clock') }}

),

business_days as (

    select * from {{ ref('int_business_days') }}
    where
        country_code = ''
        and is_work_day

),

final as (

    select
        business_days.team_id,
        min(case
            when business_days.closes_at > clock.as_of
                then business_days.local_date
        end) as work_date,
        min(case
            when business_days.closes_at > clock.as_of
                then business_days.opens_at
        end) as opens_at,
        max(case
            when business_days.closes_at <= clock.as_of
                then business_days.closes_at
        end) as begins_at,
        max(case
            when
                business_days.opens_at <= clock.as_of
                and business_days.closes_at > clock.as_of
                then 1
            else 0
        end) = 1 as is_open

    from business_days

    cross join clock

    group by business_days.team_id

)

select * from final
