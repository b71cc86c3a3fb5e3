{# What more or fewer slots are worth, team by team: the leads in the queue for them,
   by value for each slot, with what the first so many bring together, and with the slots
   that are filled in the order of the score, the probability or the points alone. Beside
   them the leads that came in the last weeks, which stand for those of the coming week. #}
with

clock as (

    select * from {{ ref('clock') }}

),

routing_queue as (

    select * from {{ ref('int_routing_queue') }}

),

scores as (

    select * from {{ ref('lead_scores') }}

),

arrivals as (

    select * from {{ ref('int_expected_arrivals') }}

),

first_matches as (

    select * from {{ ref('int_routing_matches') }}
    where is_first_match

),

cycles as (

    select
        lead_key,
        max(started_at) as started_at

    from {{ ref('fct_lead_cycles') }}

    where is_current

    group by lead_key

),

recent as (

    select
        scores.lead_key,
        first_matches.team_id,
        efforts.slots

    from scores

    inner join {{ ref('int_lead_efforts') }} as efforts
        on scores.lead_key = efforts.lead_key

    inner join {{ ref('int_lead_combinations') }} as combinations
        on scores.lead_key = combinations.lead_key

    inner join first_matches
        on combinations.combination_key = first_matches.combination_key

    inner join arrivals
        on first_matches.team_id = arrivals.team_id

    inner join cycles
        on scores.lead_key = cycles.lead_key

    cross join clock

    where cycles.started_at > {{ add_days('clock.as_of', '-7 * arrivals.weeks') }}

),

{# Those that are still open speak for all that came: together they weigh as many
   slots as a week brings. #}
weights as (

    select
        recent.team_id,
        max(arrivals.expected_slots) / sum(recent.slots) as weight

    from recent

    inner join arrivals
        on recent.team_id = arrivals.team_id

    group by recent.team_id

),

rows_of_leads as (

    select
        lead_key,
        team_id,
        slots,
        cast(slots as double) as present_slots,
        cast(0 as double) as coming_slots

    from routing_queue

    union all

    select
        recent.lead_key,
        recent.team_id,
        recent.slots,
        cast(0 as double) as present_slots,
        recent.slots * weights.weight as coming_slots

    from recent

    inner join weights
        on recent.team_id = weights.team_id

),

demanded as (

    select
        lead_key,
        team_id,
        max(slots) as slots,
        sum(present_slots) as present_slots,
        sum(coming_slots) as coming_slots

    from rows_of_leads

    group by lead_key, team_id

),

ordered as (

    select
        demanded.*,
        scores.score,
        scores.probability,
        scores.points_total,
        scores.expected_value,
        row_number() over (
            partition by demanded.team_id
            order by
                round(greatest(
                    coalesce(scores.probability, scores.points_total), 0
                ) / demanded.slots, 9) desc,
                scores.priority_rank,
                demanded.lead_key
        ) as curve_rank

    from demanded

    inner join scores
        on demanded.lead_key = scores.lead_key

),

final as (

    select
        lead_key,
        team_id,
        slots,
        present_slots > 0 as is_present,
        score,
        probability,
        points_total,
        expected_value,
        curve_rank,
        sum(present_slots) over curve_order as slots_until,
        {%- for name, value in cutoff_values().items() %}
        sum(present_slots) over {{ name }}_order as slots_until_{{ name }},
        round(sum(present_slots + coming_slots) over {{ name }}_order, 6)
            as demand_until_{{ name }},
        {%- endfor %}
        round(sum(case when present_slots > 0 then probability end) over curve_order, 9)
            as wins_until,
        round(sum(case when present_slots > 0 then expected_value end) over curve_order, 2)
            as value_until

    from ordered

    window
        curve_order as (
            partition by team_id
            order by curve_rank
            rows between unbounded preceding and current row
        )
        {%- for name, value in cutoff_values().items() %},
        {{ name }}_order as (
            partition by team_id
            order by {{ value }} desc nulls last, curve_rank
            rows between unbounded preceding and current row
        )
        {%- endfor %}

)

select * from final
