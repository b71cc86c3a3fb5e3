{# A lead stays in the stage that ended a cycle until its next cycle begins, so
   that each lead stands in one stage on any day and the last day's stock is
   where leads are now. Whom a colleague's win ended stands there, which is no stage. Built from the days on which something moved: the stock
   is a running sum, not a count of leads on each day. #}
with

clock as (

    select * from {{ ref('clock') }}

),

stages as (

    select
        stage,
        stage_order

    from {{ ref('stages') }}

    union all

    select
        'won_by_colleague' as stage,
        max(stage_order) + 1 as stage_order

    from {{ ref('stages') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

bounds as (

    select * from {{ ref('cycle_bounds') }}

),

stays as (

    select
        entries.stage,
        cast({{ reporting_time('entries.entered_at') }} as date) as entered_date,
        case
            when {{ ended_by_colleague('entries', 'cycles') }}
                then cast({{ reporting_time('cycles.ended_at') }} as date)
            when entries.exited_at is not null
                then cast({{ reporting_time('entries.exited_at') }} as date)
            when not cycles.is_current
                then cast({{ reporting_time('bounds.next_started_at') }} as date)
        end as left_date

    from {{ ref('stage_entries') }} as entries

    inner join cycles
        on
            entries.lead_key = cycles.lead_key
            and entries.cycle_number = cycles.cycle_number

    inner join bounds
        on
            entries.lead_key = bounds.lead_key
            and entries.cycle_number = bounds.cycle_number

    where
        entries.stage != 'expired'
        or coalesce(cycles.outcome, '') != 'won_by_colleague'

    union all

    select
        cycles.outcome as stage,
        cast({{ reporting_time('cycles.ended_at') }} as date) as entered_date,
        case
            when not cycles.is_current
                then cast({{ reporting_time('bounds.next_started_at') }} as date)
        end as left_date

    from cycles

    inner join bounds
        on
            cycles.lead_key = bounds.lead_key
            and cycles.cycle_number = bounds.cycle_number

    where cycles.outcome = 'won_by_colleague'

),

moves as (

    select
        stage,
        moved_date,
        sum(entered) as entered,
        sum(departed) as departed

    from (
        select
            stage,
            entered_date as moved_date,
            count(*) as entered,
            0 as departed

        from stays

        group by stage, entered_date

        union all

        select
            stage,
            left_date as moved_date,
            0 as entered,
            count(*) as departed

        from stays

        where left_date is not null

        group by stage, left_date
    ) as both_ways

    group by stage, moved_date

),

days as (

    {{ days_of_moves('moves', 'clock') }}

),

final as (

    select
        days.date_day,
        stages.stage,
        stages.stage_order,
        cast(coalesce(moves.entered, 0) as bigint) as entered,
        cast(coalesce(moves.departed, 0) as bigint) as departed,
        cast(
            sum(coalesce(moves.entered, 0) - coalesce(moves.departed, 0)) over (
                partition by stages.stage
                order by days.date_day
                rows between unbounded preceding and current row
            ) as bigint
        ) as stock

    from days

    cross join stages

    left join moves
        on
            days.date_day = moves.moved_date
            and stages.stage = moves.stage

)

select * from final
order by date_day, stage_order
