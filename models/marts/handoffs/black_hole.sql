{# The share of handoffs that nobody followed up, among those old enough to
   tell, and what it costs. Empty where sales logs no touches: what cannot be seen
   is not claimed. #}
{% set dimensions = {
    'all': "'all'",
    'lead_source': 'lead_source',
    'segment': 'segment',
    'score_band': 'score_band',
    'team': "coalesce(team_id, '(no owner)')",
    'arrival_hour': 'cast(arrival_hour as string)',
    'team_arrival_hour': 'cast(team_arrival_hour as string)',
    'month': "cast(cast(date_trunc('month', arrived_at) as date) as string)",
    'cause': 'black_hole_cause',
} %}
{% if var('rep_level_reporting') %}
    {% do dimensions.update({'rep': "coalesce(owner_id, '(no owner)')"}) %}
{% endif %}
{# How many handoffs the rate of all is worth where those of a source and band are
   few. #}
{% set prior_handoffs = 10 %}

with

clock as (

    select * from {{ ref('clock') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

all_handoffs as (

    select
        handoffs.*,
        coalesce(leads.lead_source, '(null)') as lead_source,
        leads.segment,
        {{ reporting_time('handoffs.handoff_at') }} as arrived_at,
        cast(extract(hour from {{ reporting_time('handoffs.handoff_at') }}) as int)
            as arrival_hour,
        cast(extract(
            hour from {{ local_time('handoffs.handoff_at', 'handoffs.time_zone') }}
        ) as int) as team_arrival_hour,
        {{ is_mature('handoffs.handoff_at', 'clock.as_of') }} as is_mature,
        {{ is_in_horizon('cycles.closed_won_at', 'handoffs.handoff_at') }}
            as is_won_in_horizon

    from {{ ref('fct_handoffs') }} as handoffs

    inner join leads
        on handoffs.lead_key = leads.lead_key

    inner join cycles
        on
            handoffs.lead_key = cycles.lead_key
            and handoffs.cycle_number = cycles.cycle_number

    cross join clock

    where handoffs.is_judged

),

{# What comes of handoffs that sales did touch in time. #}
touched as (

    select
        lead_source,
        score_band,
        count(*) as handoffs,
        sum(case when is_won_in_horizon then 1 else 0 end) as won

    from all_handoffs

    where is_mature and sales_touches > 0 and not is_in_black_hole

    group by lead_source, score_band

),

touched_all as (

    select
        cast(sum(won) + 0.5 as double) / (sum(handoffs) + 1) as close_rate

    from touched

    having sum(handoffs) > 0

),

strata as (

    select distinct
        lead_source,
        score_band

    from all_handoffs

),

{# A beta distribution for each rate: mean and variance. #}
rates as (

    select
        strata.lead_source,
        strata.score_band,
        (coalesce(touched.won, 0) + {{ prior_handoffs }} * touched_all.close_rate)
        / (coalesce(touched.handoffs, 0) + {{ prior_handoffs }}) as close_rate,
        cast(coalesce(touched.handoffs, 0) + {{ prior_handoffs }} as double)
            as weight

    from strata

    cross join touched_all

    left join touched
        on
            strata.lead_source = touched.lead_source
            and strata.score_band = touched.score_band

),

average_deal as (

    select * from {{ ref('average_deal') }}

),

cut as (

    {% for dimension, value in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        lead_source,
        score_band,
        is_in_black_hole,
        speed_to_lead_seconds,
        speed_to_lead_business_seconds

    from all_handoffs

    {% if dimension == 'cause' %}
    where is_in_black_hole
    {% endif %}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted_strata as (

    select
        dimension,
        dimension_value,
        lead_source,
        score_band,
        count(*) as handoffs,
        sum(case when is_in_black_hole then 1 else 0 end) as never_followed_up,
        sum(speed_to_lead_seconds) as speed_seconds,
        sum(speed_to_lead_business_seconds) as speed_business_seconds,
        count(speed_to_lead_seconds) as touched

    from cut

    group by dimension, dimension_value, lead_source, score_band

),

counted as (

    select
        counted_strata.dimension,
        counted_strata.dimension_value,
        sum(counted_strata.handoffs) as handoffs,
        sum(counted_strata.never_followed_up) as never_followed_up,
        sum(counted_strata.speed_seconds) / nullif(sum(counted_strata.touched), 0) / 3600
            as average_speed_to_lead_hours,
        sum(counted_strata.speed_business_seconds)
        / nullif(sum(counted_strata.touched), 0) / 3600
            as average_speed_to_lead_business_hours,
        sum(counted_strata.never_followed_up * rates.close_rate) as expected_won,
        sum(
            counted_strata.never_followed_up * counted_strata.never_followed_up
            * rates.close_rate * (1 - rates.close_rate) / (rates.weight + 1)
        ) as expected_variance

    from counted_strata

    left join rates
        on
            counted_strata.lead_source = rates.lead_source
            and counted_strata.score_band = rates.score_band

    group by counted_strata.dimension, counted_strata.dimension_value

),

totals as (

    select count(*) as handoffs from all_handoffs

),

shares as (

    select
        counted.dimension,
        counted.dimension_value,
        cast(
            case
                when counted.dimension = 'cause' then totals.handoffs
                else counted.handoffs
            end as bigint
        ) as handoffs,
        cast(counted.never_followed_up as bigint) as never_followed_up,
        counted.average_speed_to_lead_hours,
        counted.average_speed_to_lead_business_hours,
        counted.expected_won,
        sqrt(counted.expected_variance) as expected_deviation,
        counted.expected_won * average_deal.average_amount as expected_amount,
        sqrt(
            counted.expected_variance
            * (average_deal.average_amount * average_deal.average_amount
                + average_deal.average_variance)
            + counted.expected_won * counted.expected_won
            * average_deal.average_variance
        ) as amount_deviation,
        average_deal.currency_code

    from counted

    cross join totals

    left join average_deal
        on counted.expected_won is not null

),

final as (

    select
        dimension,
        dimension_value,
        handoffs,
        never_followed_up,
        cast(never_followed_up as double) / handoffs as black_hole_share,
        {{ wilson_bound('never_followed_up', 'handoffs', 'low') }}
            as black_hole_share_low,
        {{ wilson_bound('never_followed_up', 'handoffs', 'high') }}
            as black_hole_share_high,
        average_speed_to_lead_hours,
        average_speed_to_lead_business_hours,
        round(expected_won, 6) as expected_won_deals,
        case
            when expected_won is not null
                then round(greatest(expected_won - 1.96 * expected_deviation, 0), 6)
        end as expected_won_deals_low,
        case
            when expected_won is not null
                then round(least(
                    expected_won + 1.96 * expected_deviation, never_followed_up
                ), 6)
        end as expected_won_deals_high,
        round(expected_amount, 2) as expected_won_amount,
        case
            when amount_deviation is not null
                then round(greatest(expected_amount - 1.96 * amount_deviation, 0), 2)
        end as expected_won_amount_low,
        round(expected_amount + 1.96 * amount_deviation, 2) as expected_won_amount_high,
        currency_code

    from shares

)

select * from final
order by dimension, dimension_value
