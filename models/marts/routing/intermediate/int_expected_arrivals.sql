{# How many leads and MQLs a team will get in the coming week, by the weeks before as_of: the
   mean and where the next one lies in 19 of 20 cases. Each week varies at least as
   chance would have it (Poisson), so that few weeks do not promise too much. #}
with

clock as (

    select * from {{ ref('clock') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

first_matches as (

    select * from {{ ref('int_routing_matches') }}
    where is_first_match

),

{# Not more weeks than there is history of. #}
spans as (

    select
        clock.as_of,
        least(
            floor({{ days_between('min(cycles.started_at)', 'clock.as_of') }} / 7),
            {{ var('arrival_weeks') }}
        ) as weeks

    from cycles

    cross join clock

    where cycles.started_at <= clock.as_of

    group by clock.as_of

),

numbers as (

    {{ whole_numbers(2) }}

),

arrivals as (

    {% for moment in ['started_at', 'marketing_mql_at'] %}
    select
        first_matches.team_id,
        cast(floor(
            {{ days_between('cycles.' ~ moment, 'spans.as_of') }} / 7
        ) as int) + 1 as week_number,
        {% if moment == 'started_at' %}
        1 as leads,
        efforts.slots,
        0 as mqls,
        0 as mql_slots
        {% else %}
        0 as leads,
        0 as slots,
        1 as mqls,
        efforts.slots as mql_slots
        {% endif %}

    from cycles

    cross join spans

    inner join {{ ref('dim_leads') }} as leads
        on cycles.lead_key = leads.lead_key

    inner join {{ ref('int_lead_efforts') }} as efforts
        on cycles.lead_key = efforts.lead_key

    inner join {{ ref('int_lead_combinations') }} as combinations
        on cycles.lead_key = combinations.lead_key

    inner join first_matches
        on combinations.combination_key = first_matches.combination_key

    where
        cycles.{{ moment }} <= spans.as_of
        and not leads.is_internal
        and not leads.is_deleted

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# One scope a team, and one for all of them together. #}
scoped as (

    select
        team_id,
        week_number,
        leads,
        slots,
        mqls,
        mql_slots

    from arrivals

    union all

    select
        'all' as team_id,
        week_number,
        leads,
        slots,
        mqls,
        mql_slots

    from arrivals

),

weeks as (

    select
        teams.team_id,
        numbers.number as week_number,
        spans.weeks,
        {% for measure in ['leads', 'slots', 'mqls', 'mql_slots'] %}
        coalesce(sum(scoped.{{ measure }}), 0) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}

    from (select distinct team_id from scoped) as teams

    cross join spans

    inner join numbers
        on numbers.number <= spans.weeks

    left join scoped
        on
            teams.team_id = scoped.team_id
            and numbers.number = scoped.week_number

    group by teams.team_id, numbers.number, spans.weeks

),

estimated as (

    select
        team_id,
        max(weeks) as weeks,
        avg(cast(leads as double)) as expected_leads,
        avg(cast(slots as double)) as expected_slots,
        avg(cast(mqls as double)) as expected_mqls,
        avg(cast(mql_slots as double)) as expected_mql_slots,
        {% for measure in ['leads', 'mqls'] %}
        greatest(
            coalesce(var_samp(cast({{ measure }} as double)), 0),
            avg(cast({{ measure }} as double))
        ) as variance_of_{{ measure }}{{ ',' if not loop.last }}
        {% endfor %}

    from weeks

    group by team_id

),

final as (

    select
        team_id,
        cast(weeks as int) as weeks,
        {% for measure in ['leads', 'mqls'] %}
        {% set spread = '1.96 * sqrt(variance_of_' ~ measure ~ ' * (1 + 1 / cast(weeks as double)))' %}
        round(expected_{{ measure }}, 6) as expected_{{ measure }},
        round(greatest(expected_{{ measure }} - {{ spread }}, 0), 6) as expected_{{ measure }}_low,
        round(expected_{{ measure }} + {{ spread }}, 6) as expected_{{ measure }}_high,
        {% endfor %}
        round(expected_slots, 6) as expected_slots,
        round(expected_mql_slots, 6) as expected_mql_slots

    from estimated

)

select * from final
