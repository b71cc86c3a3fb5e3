{# What it costs that nobody followed leads up, beside what the handoffs really brought. #}

with

handoffs as (

    select
        judged.*,
        wins.converted_amount as won_amount,
        expected_deals.expected_amount,
        expected_deals.average_variance,
        expected_deals.currency_code,
        estimated.win_probability,
        estimated.relative_deviation,
        estimated.unseen_selection,
        estimated.is_rated_by_model

    from {{ ref('judged_handoffs') }} as judged

    left join {{ ref('int_handoff_probabilities') }} as estimated
        on judged.handoff_key = estimated.handoff_key

    left join {{ ref('lead_wins') }} as wins
        on
            judged.lead_key = wins.lead_key
            and judged.cycle_number = wins.cycle_number
            and judged.is_won_in_horizon

    left join {{ ref('expected_deals') }} as expected_deals
        on
            judged.segment = expected_deals.segment
            and coalesce(judged.industry, '(null)') = expected_deals.industry

),

cut as (

    {{ cut_handoffs('handoffs', [
        'is_in_black_hole', 'is_won_in_horizon', 'is_rated_by_model', 'win_probability',
        'relative_deviation', 'unseen_selection', 'won_amount', 'expected_amount',
        'average_variance', 'currency_code',
    ]) }}

),

counted as (

    select
        dimension,
        dimension_value,
        sum(case when is_in_black_hole then 1 else 0 end) as never_followed_up,
        sum(case when is_won_in_horizon then 1 else 0 end) as won_deals,
        sum(case when is_in_black_hole and is_won_in_horizon then 1 else 0 end)
            as won_anyway,
        round(sum(won_amount), 2) as won_amount,
        sum((win_probability - case when is_won_in_horizon then 1 else 0 end) * expected_amount)
            as missed_amount,
        max(average_variance) as average_variance,
        max(currency_code) as currency_code,
        max(case when is_rated_by_model then 1 else 0 end) = 1 as is_rated_by_model,
        sum(win_probability) as expected_deals,
        sum(win_probability * (1 - win_probability)) as luck,
        max(relative_deviation) as relative_deviation,
        max(unseen_selection) as unseen_selection

    from cut

    group by dimension, dimension_value

),

missed as (

    select
        *,
        expected_deals - won_anyway as missed_deals,
        {# How far off the probabilities are, and how lucky sales would have been. #}
        power(expected_deals * relative_deviation, 2) + luck as missed_variance

    from counted

    where never_followed_up > 0 and expected_deals is not null

),

valued as (

    select
        *,
        1.96 * sqrt(missed_variance) + expected_deals * greatest(unseen_selection, 0) as below,
        1.96 * sqrt(missed_variance) + expected_deals * greatest(-unseen_selection, 0) as above,
        missed_amount / nullif(missed_deals, 0) as amount_each,
        1.96 * missed_deals * sqrt(average_variance) as amount_error

    from missed

),

final as (

    select
        dimension,
        dimension_value,
        {{ typed_cuts() }},
        cast(never_followed_up as bigint) as never_followed_up,
        case when is_rated_by_model then 'model' else 'rates' end as rated_by,
        round(expected_deals, 6) as expected_deals,
        cast(won_anyway as bigint) as won_anyway,
        round(greatest(missed_deals, 0), 6) as missed_deals,
        round(greatest(missed_deals - below, 0), 6) as missed_deals_low,
        round(
            greatest(least(missed_deals + above, never_followed_up - won_anyway), 0), 6
        ) as missed_deals_high,
        round(greatest(missed_amount, 0), 2) as missed_amount,
        round(greatest(missed_amount - sqrt(power(below * amount_each, 2) + power(amount_error, 2)), 0), 2) as missed_amount_low,
        round(greatest(missed_amount + sqrt(power(above * amount_each, 2) + power(amount_error, 2)), 0), 2) as missed_amount_high,
        cast(won_deals as bigint) as won_deals,
        won_amount,
        currency_code

    from valued

)

select * from final
order by dimension, dimension_value
