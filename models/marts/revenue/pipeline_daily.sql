{# Built from the days on which a deal moved: the stock is a running sum, not a count of
   deals on each day. Amounts are those that the deals have now. #}
with

clock as (

    select * from {{ ref('clock') }}

),

stays as (

    select
        stages.stage_name,
        cast({{ reporting_time('stages.entered_at') }} as date) as entered_date,
        cast({{ reporting_time('stages.exited_at') }} as date) as left_date,
        deals.amount

    from {{ ref('int_deal_stages') }} as stages

    inner join {{ ref('fct_opportunities') }} as deals
        on stages.opportunity_id = deals.opportunity_id

),

moves as (

    select
        stage_name,
        moved_date,
        sum(entered) as entered,
        sum(departed) as departed,
        sum((entered - departed) * amount) as moved_amount,
        sum(case when amount is null then entered - departed else 0 end)
            as moved_without_amount

    from (
        select
            stage_name,
            entered_date as moved_date,
            1 as entered,
            0 as departed,
            amount

        from stays

        union all

        select
            stage_name,
            left_date as moved_date,
            0 as entered,
            1 as departed,
            amount

        from stays

        where left_date is not null
    ) as both_ways

    group by stage_name, moved_date

),

days as (

    {{ days_of_moves('moves', 'clock') }}

),

stage_names as (

    select distinct stage_name from stays

),

final as (

    select
        days.date_day,
        stage_names.stage_name,
        cast(coalesce(moves.entered, 0) as bigint) as entered,
        cast(coalesce(moves.departed, 0) as bigint) as departed,
        cast(sum(coalesce(moves.entered, 0) - coalesce(moves.departed, 0)) over stage_days as bigint)
            as open_deals,
        {# Rounded: sums of doubles differ in their last digits. #}
        round(sum(coalesce(moves.moved_amount, cast(0 as double))) over stage_days, 2)
            as open_amount,
        cast(sum(coalesce(moves.moved_without_amount, 0)) over stage_days as bigint)
            as open_deals_without_amount

    from days

    cross join stage_names

    left join moves
        on
            days.date_day = moves.moved_date
            and stage_names.stage_name = moves.stage_name

    window stage_days as (
        partition by stage_names.stage_name
        order by days.date_day
        rows between unbounded preceding and current row
    )

)

select * from final
order by date_day, stage_name
