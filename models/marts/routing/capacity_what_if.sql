{# What the coming week would bring with other capacities, in tenths of the present
   one. Free slots change by as much as the capacity does; the leads in the queue now
   fill them by value. #}
with

plan as (

    select
        team_id,
        team_name,
        weekly_capacity,
        free_slots

    from {{ ref('capacity_plan') }}

    where team_id <> 'all'

),

curve as (

    select * from {{ ref('int_capacity_curve') }}
    where is_present

),

numbers as (

    {{ whole_numbers(2) }}

),

capacities as (

    select
        plan.team_id,
        plan.team_name,
        (numbers.number - 1) * 10 as capacity_percent,
        greatest(
            plan.free_slots + cast(floor(
                cast(plan.weekly_capacity as double) * ((numbers.number - 1) * 10 - 100) / 100
            ) as int),
            0
        ) as slots

    from plan

    inner join numbers
        on numbers.number <= 31

),

{# The last lead that fits, and the first that does not. #}
filled as (

    select
        capacities.team_id,
        capacities.team_name,
        capacities.capacity_percent,
        capacities.slots,
        sum(case when curve.slots_until <= capacities.slots then 1 else 0 end) as leads,
        {%- for name in cutoff_values() %}
        {{ cutoff(name, 'capacities.slots') }} as cutoff_{{ name }},
        {%- endfor %}
        max(case when curve.slots_until <= capacities.slots then curve.curve_rank end)
            as last_rank,
        min(case when curve.slots_until > capacities.slots then curve.curve_rank end)
            as next_rank

    from capacities

    left join curve
        on capacities.team_id = curve.team_id

    group by 1, 2, 3, 4

),

by_team as (

    select
        filled.team_id,
        filled.team_name,
        filled.capacity_percent,
        filled.slots,
        filled.leads,
        filled.cutoff_score,
        filled.cutoff_probability,
        filled.cutoff_points,
        {# Without a lead nothing is won; without a model nobody knows. #}
        case when filled.leads = 0 then 0 * next_leads.probability else last_leads.wins_until end
            as expected_wins,
        case when filled.leads = 0 then 0 * next_leads.expected_value else last_leads.value_until end
            as expected_value,
        next_leads.probability / next_leads.slots as wins_of_one_more_slot,
        next_leads.expected_value / next_leads.slots as value_of_one_more_slot

    from filled

    left join curve as last_leads
        on
            filled.team_id = last_leads.team_id
            and filled.last_rank = last_leads.curve_rank

    left join curve as next_leads
        on
            filled.team_id = next_leads.team_id
            and filled.next_rank = next_leads.curve_rank

),

{# Slots of one team do not help another: all together is the sum, and the cut-off
   that of the team that goes furthest down. #}
scoped as (

    select * from by_team

    union all

    select
        'all' as team_id,
        'All teams' as team_name,
        capacity_percent,
        sum(slots) as slots,
        sum(leads) as leads,
        min(cutoff_score) as cutoff_score,
        min(cutoff_probability) as cutoff_probability,
        min(cutoff_points) as cutoff_points,
        sum(expected_wins) as expected_wins,
        sum(expected_value) as expected_value,
        max(wins_of_one_more_slot) as wins_of_one_more_slot,
        max(value_of_one_more_slot) as value_of_one_more_slot

    from by_team

    group by capacity_percent

),

final as (

    select
        team_id,
        team_name,
        cast(capacity_percent as int) as capacity_percent,
        capacity_percent = 100 as is_present_capacity,
        cast(slots as int) as slots,
        cast(leads as bigint) as leads,
        cast(cutoff_score as int) as cutoff_score,
        cutoff_probability,
        cutoff_points,
        round(expected_wins, 6) as expected_wins,
        round(expected_value, 2) as expected_value,
        round(wins_of_one_more_slot, 9) as wins_of_one_more_slot,
        round(value_of_one_more_slot, 2) as value_of_one_more_slot

    from scoped

)

select * from final

order by
    team_id,
    capacity_percent
