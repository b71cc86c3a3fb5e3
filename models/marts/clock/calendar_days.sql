{# From twenty years before the clock's to the end of the third after it: MetricFlow joins
   running sums and gaps to these days. #}
{% set years_back = 20 %}
{% set years_ahead = 3 %}

with

clock as (

    select * from {{ ref('clock') }}

),

numbers as (

    {{ whole_numbers(4) }}

),

first_day as (

    select
        cast(
            make_date(cast(extract(year from as_of) as int) - {{ years_back }}, 1, 1)
            as timestamp
        ) as first_at,
        cast(extract(year from as_of) as int) + {{ years_ahead }} as last_year

    from clock

),

days as (

    select
        cast({{ add_days('first_day.first_at', 'numbers.number - 1') }} as date) as date_day,
        first_day.last_year

    from first_day

    cross join numbers

),

fiscal as (

    select
        date_day,
        {{ reporting_week('date_day') }} as week_date,
        cast(date_trunc('month', date_day) as date) as month_date,
        cast(date_trunc('quarter', date_day) as date) as quarter_date,
        {{ fiscal_year('date_day') }} as fiscal_year,
        cast(floor(({{ fiscal_month('date_day') }} - 1) / 3.0) as int) + 1 as fiscal_quarter,
        {{ fiscal_month('date_day') }} as fiscal_month

    from days

    where extract(year from date_day) <= last_year

),

final as (

    select
        date_day,
        week_date,
        month_date,
        quarter_date,
        {# Counted in months since year 0, so that a quarter may cross the turn of a year. #}
        make_date(
            cast(floor((
                12 * cast(extract(year from date_day) as int)
                + cast(extract(month from date_day) as int) - 1
                - mod(fiscal_month - 1, 3)
            ) / 12.0) as int),
            mod(
                12 * cast(extract(year from date_day) as int)
                + cast(extract(month from date_day) as int) - 1
                - mod(fiscal_month - 1, 3),
                12
            ) + 1,
            1
        ) as fiscal_quarter_date,
        {{ first_day_of_fiscal_year('fiscal_year') }} as fiscal_year_date,
        fiscal_year,
        fiscal_quarter,
        fiscal_month

    from fiscal

)

select * from final
order by date_day
