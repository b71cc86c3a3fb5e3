{# The few figures that a reader looks at first, by periods that end with the clock, each beside
   the period before and with what chance alone gives. #}
{% set shares = "('accepted_in_time', 'black_hole')" %}
{% set amounts = "('won_revenue', 'open_pipeline')" %}

with

counted as (

    select * from {{ ref('int_headline_counts') }}

),

valued as (

    select
        metric,
        span_days,
        period_number,
        period_start_at,
        period_end_at,
        coalesce(is_whole, false) as is_whole,
        currency_code,
        cast(counted as double) as counted,
        case when metric in {{ shares }} then cast(out_of as bigint) end as out_of,
        cast(without_amount as bigint) as without_amount,
        cast(
            case
                when metric in {{ shares }} then counted / nullif(out_of, 0)
                when metric in {{ amounts }} and without_amount = out_of and out_of > 0 then null
                else counted
            end as double
        ) as value,
        case when metric in {{ shares }} then {{ wilson_bound('counted', 'out_of', 'low') }} end
            as value_low,
        case when metric in {{ shares }} then {{ wilson_bound('counted', 'out_of', 'high') }} end
            as value_high

    from counted

),

{# A change is told of two whole periods only. #}
compared as (

    select
        newer.*,
        older.counted as previous_counted,
        older.value as previous_value,
        older.value_low as previous_low,
        older.value_high as previous_high

    from valued as newer

    left join valued as older
        on
            newer.metric = older.metric
            and newer.span_days = older.span_days
            and newer.period_number + 1 = older.period_number
            and newer.is_whole
            and older.is_whole

),

final as (

    select
        metric,
        span_days,
        period_number,
        period_start_at,
        period_end_at,
        is_whole,
        case when metric in {{ shares }} then cast({{ var('black_hole_after_days') }} as int) end
            as judged_after_days,
        currency_code,
        counted,
        out_of,
        without_amount,
        round(value, 4) as value,
        round(value_low, 4) as value_low,
        round(value_high, 4) as value_high,
        round(previous_value, 4) as previous_value,
        round(
            case
                when metric in {{ shares }} then value - previous_value
                else value / nullif(previous_value, 0) - 1
            end,
            4
        ) as change,
        {# Newcombe's interval of a difference; of two counts, their Poisson spread. #}
        case
            when metric in {{ shares }} and value > previous_value
                then value - previous_value
                    > sqrt(
                        (value - value_low) * (value - value_low)
                        + (previous_high - previous_value) * (previous_high - previous_value)
                    )
            when metric in {{ shares }}
                then previous_value - value
                    > sqrt(
                        (value_high - value) * (value_high - value)
                        + (previous_value - previous_low) * (previous_value - previous_low)
                    )
            when metric not in {{ amounts }}
                then abs(counted - previous_counted)
                    > 1.96 * sqrt(counted + previous_counted)
        end as is_beyond_chance

    from compared

)

select * from final
order by metric, span_days, period_number
