{# A lead stays in the stage that ended a cycle until its next cycle begins, so
   that each lead stands in one stage on any day and the last day's stock is
   where leads are now. Whom a colleague's win ended stands there, which is no stage. Built from the days on which something moved: the stock
   is a running sum, not a count of leads on each day. Who owns a stage differs by lead only for
   the stages that stage_owners may name; the others are funnel_stages'. #}
with

clock as (

    select * from {{ ref('clock') }}

),

stages as (

    select
        stage,
        stage_order,
        owner

    from {{ ref('stages') }}

    union all

    select
        'won_by_colleague' as stage,
        max(stage_order) + 1 as stage_order,
        cast(null as string) as owner

    from {{ ref('stages') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

bounds as (

    select * from {{ ref('cycle_bounds') }}

),

dimensions as (

    select * from {{ ref('cycle_dimensions') }}

),

stays as (

    select
        entries.stage,
        {{ stage_owner('entries.stage', 'dimensions') }} as owner,
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

    inner join dimensions
        on
            entries.lead_key = dimensions.lead_key
            and entries.cycle_number = dimensions.cycle_number

    where
        entries.stage != 'expired'
        or coalesce(cycles.outcome, '') != 'won_by_colleague'

    union all

    select
        cycles.outcome as stage,
        cast(null as string) as owner,
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

owned_stays as (

    select
        stays.stage,
        coalesce(stays.owner, stages.owner, '(null)') as stage_owner,
        stays.entered_date,
        stays.left_date

    from stays

    inner join stages
        on stays.stage = stages.stage

),

{# A stage that nobody entered is there too. #}
owned_stages as (

    select
        stage,
        coalesce(owner, '(null)') as stage_owner,
        stage_order

    from stages

    union distinct

    select
        owned_stays.stage,
        owned_stays.stage_owner,
        stages.stage_order

    from owned_stays

    inner join stages
        on owned_stays.stage = stages.stage

),

moves as (

    select
        stage,
        stage_owner,
        moved_date,
        sum(entered) as entered,
        sum(departed) as departed

    from (
        select
            stage,
            stage_owner,
            entered_date as moved_date,
            count(*) as entered,
            0 as departed

        from owned_stays

        group by stage, stage_owner, entered_date

        union all

        select
            stage,
            stage_owner,
            left_date as moved_date,
            0 as entered,
            count(*) as departed

        from owned_stays

        where left_date is not null

        group by stage, stage_owner, left_date
    ) as both_ways

    group by stage, stage_owner, moved_date

),

days as (

    {{ days_of_moves('moves', 'clock') }}

),

final as (

    select
        days.date_day,
        owned_stages.stage,
        owned_stages.stage_owner,
        owned_stages.stage_order,
        cast(coalesce(moves.entered, 0) as bigint) as entered,
        cast(coalesce(moves.departed, 0) as bigint) as departed,
        cast(
            sum(coalesce(moves.entered, 0) - coalesce(moves.departed, 0)) over (
                partition by owned_stages.stage, owned_stages.stage_owner
                order by days.date_day
                rows between unbounded preceding and current row
            ) as bigint
        ) as stock

    from days

    cross join owned_stages

    left join moves
        on
            days.date_day = moves.moved_date
            and owned_stages.stage = moves.stage
            and owned_stages.stage_owner = moves.stage_owner

)

select * from final
order by date_day, stage_order, stage_owner
