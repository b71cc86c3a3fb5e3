{# What the leads of the black hole would have brought, had sales worked them: the champion's
   probability at the handoff, or without a champion the rate of touched handoffs of the same
   channel and band. Reps choose whom to touch, and what a score leaves out of that would
   stay in the cost. So the touched are weighted until they resemble the black hole, and what they
   brought beyond their own probabilities corrects the sum (a generalized regression estimator over raked weights:
   Deville, Särndal and Sautory 1993, JASA 88, 1013-1020). #}
{# How many handoffs the rate of all is worth where those of a channel and band are few. #}
{% set prior_handoffs = 10 %}
{# One touched handoff stands for at most so many times as many as the average one. #}
{% set largest_weight = 5 %}
{# What reps see and no data tell selects the same way as what data tell, and at most so much
   of it (Altonji, Elder and Taber 2005, Journal of Political Economy 113, 151-184). #}
{% set unseen_share = 0.25 %}
{% set margins = [
    'channel', 'industry', 'segment', 'country_code', 'job_level', 'score_band', 'probability_band',
] %}

with

handoffs as (

    select * from {{ ref('judged_handoffs') }}

),

ratings as (

    select * from {{ ref('int_handoff_ratings') }}

),

{# The touched are those that sales did touch in time, and whose horizon is over. #}
compared as (

    select
        handoffs.handoff_key,
        {% for margin in margins if margin != 'probability_band' %}
        handoffs.{{ margin }},
        {% endfor %}
        handoffs.is_in_black_hole,
        cast(case when handoffs.is_won_in_horizon then 1 else 0 end as double) as won,
        ratings.probability

    from handoffs

    left join ratings
        on
            handoffs.lead_key = ratings.lead_key
            and handoffs.cycle_number = ratings.cycle_number

    {# Where no win can be seen, nothing is known of what was missed. #}
    where
        handoffs.is_won_in_horizon is not null
        and (
            handoffs.is_in_black_hole
            or (handoffs.is_mature and handoffs.sales_touches > 0)
        )

),

rated as (

    select
        *,
        sum(case when is_in_black_hole then 0 else won end) over strata as stratum_won,
        sum(case when is_in_black_hole then 0 else 1 end) over strata as stratum_handoffs,
        (sum(case when is_in_black_hole then 0 else won end) over () + cast(0.5 as double))
        / (sum(case when is_in_black_hole then 0 else 1 end) over () + 1) as close_rate,
        sum(case when is_in_black_hole then 0 else 1 end) over () as touched,
        sum(case when is_in_black_hole then 1 else 0 end) over () as lost

    from compared

    window strata as (partition by channel, score_band)

),

estimated as (

    select
        *,
        probability is not null as is_rated_by_model,
        coalesce(
            probability,
            (stratum_won + {{ prior_handoffs }} * close_rate)
            / (stratum_handoffs + {{ prior_handoffs }})
        ) as win_probability

    from rated

    where touched > 0

),

{# Bands that are narrow where most handoffs are. #}
weights_0 as (

    select
        *,
        case
            when win_probability < 0.1 then 1
            when win_probability < 0.2 then 2
            when win_probability < 0.4 then 3
            when win_probability < 0.6 then 4
            when win_probability < 0.8 then 5
            else 6
        end as probability_band,
        cast(lost as double) / touched as weight_0

    from estimated

),

{# One handoff more on both sides, so that a value without any stays finite. #}
{% for margin in margins %}
weights_{{ loop.index }} as (

    select
        *,
        least(
            weight_{{ loop.index0 }}
            * (1 + sum(case when is_in_black_hole then 1 else 0 end) over (partition by {{ margin }}))
            / (1 + sum(case when is_in_black_hole then 0 else weight_{{ loop.index0 }} end) over (
                partition by {{ margin }}
            )),
            {{ largest_weight }} * weight_0
        ) as weight_{{ loop.index }}

    from weights_{{ loop.index0 }}

),
{% endfor %}

corrections as (

    select
        sum(case when is_in_black_hole then win_probability end) as lost_wins,
        sum(case when not is_in_black_hole then weight * (won - win_probability) end) as correction,
        sum(case when not is_in_black_hole then power(weight * (won - win_probability), 2) end)
            as variance,
        max(lost) * max(close_rate) as lost_as_touched

    from (
        select
            *,
            weight_{{ margins | length }} as weight

        from weights_{{ margins | length }}
    ) as weighted

),

final as (

    select
        estimated.handoff_key,
        estimated.is_rated_by_model,
        round(least(
            estimated.win_probability
            * greatest(1 + corrections.correction / corrections.lost_wins, 0),
            1
        ), 9) as win_probability,
        round(sqrt(corrections.variance) / corrections.lost_wins, 9)
            as relative_deviation,
        round(
            {{ unseen_share }} * (
                corrections.lost_as_touched - corrections.lost_wins - corrections.correction
            ) / corrections.lost_wins,
            9
        ) as unseen_selection

    from estimated

    cross join corrections

    where estimated.is_in_black_hole

)

select * from final
