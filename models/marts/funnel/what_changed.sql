{# The last whole week against the four before it, by metric and cut. Chance alone: what is
   counted in five like weeks falls into each with the same probability, and a share is that of
   all five weeks; with the correction for whole numbers, as most rows are small. A row is beyond
   chance when not even the most extreme of as many rows would be expected there
   (P(|z| > t) <= exp(-t * t / 2), shared by all rows). #}
{% set dimensions = {
    'all': "'all'",
    'channel': 'channel',
    'campaign': 'campaign_id',
    'segment': 'segment',
    'team': 'team_id',
} %}
{% set counts = ['cycles', 'mqls', 'sals', 'sqls', 'won'] %}
{# Share of handoffs: moment by which a handoff belongs to a week, what counts. #}
{% set shares = {
    'acceptance_share': (
        "case when handoffs.verdict in ('accepted', 'rejected') then handoffs.verdict_at end",
        "handoffs.verdict = 'accepted'",
    ),
    'service_level_kept_share': (
        'case when handoffs.is_service_level_kept is not null then handoffs.due_at end',
        'handoffs.is_service_level_kept',
    ),
    'black_hole_share': (
        'case when handoffs.is_judged then '
        ~ add_days('handoffs.handoff_at', var('black_hole_after_days')) ~ ' end',
        'handoffs.is_in_black_hole',
    ),
} %}

with

this_week as (

    select
        {{ reporting_week('cast(' ~ reporting_time('as_of') ~ ' as date)') }} as ends_before

    from {{ ref('clock') }}

),

periods as (

    select * from {{ ref('funnel_periods') }}

),

dimensions as (

    select * from {{ ref('cycle_dimensions') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

counted as (

    {% for metric in counts %}
    select
        '{{ metric }}' as metric,
        'count' as kind,
        channel,
        campaign_id,
        {# Of a young cycle neither is known yet, and of an older one it is: told of it, each
           week would seem to differ from those before. #}
        {% for column in ['segment', 'team_id'] %}
        {{ column if metric != 'cycles' else 'cast(null as string) as ' ~ column }},
        {% endfor %}
        date_day,
        {{ metric }} as hits,
        {{ metric }} as cases

    from periods

    where {{ metric }} > 0

    union all

    {% endfor %}
    {% for metric, (moment, condition) in shares.items() %}
    select
        '{{ metric }}' as metric,
        'share' as kind,
        dimensions.channel,
        dimensions.campaign_id,
        dimensions.segment,
        dimensions.team_id,
        cast({{ reporting_time(moment) }} as date) as date_day,
        case when {{ condition }} then 1 else 0 end as hits,
        1 as cases

    from handoffs

    inner join dimensions
        on
            handoffs.lead_key = dimensions.lead_key
            and handoffs.cycle_number = dimensions.cycle_number

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

recent as (

    select
        counted.*,
        this_week.ends_before,
        {# 0: the last whole week. #}
        floor((
            {{ days_between(
                'cast(counted.date_day as timestamp)', 'cast(this_week.ends_before as timestamp)'
            ) }} - 1
        ) / 7) as weeks_ago

    from counted

    cross join this_week

    where counted.date_day is not null

),

cut as (

    {% for dimension, value in dimensions.items() %}
    select
        metric,
        kind,
        ends_before,
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        {% for name, condition in {
            'week': 'weeks_ago = 0', 'before': 'weeks_ago > 0',
        }.items() %}
        cast(sum(case when {{ condition }} then hits else 0 end) as double)
            as {{ name }}_hits,
        cast(sum(case when {{ condition }} then cases else 0 end) as double) as {{ name }}_cases,
        {% endfor %}
        cast(sum(cases) as double) as all_cases

    from recent

    where weeks_ago between 0 and 4 and {{ value }} is not null

    group by 1, 2, 3, 4, 5

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# Weeks of which the data know nothing are no weeks without leads. #}
known as (

    select cut.*
    from cut

    inner join (
        select min(date_day) as first_date from periods
    ) as bounds
        on
            {{ days_between(
                'cast(bounds.first_date as timestamp)', 'cast(cut.ends_before as timestamp)'
            ) }} >= 35

),

valued as (

    select
        *,
        case when kind = 'count' then week_hits else week_hits / nullif(week_cases, 0) end
            as this_week,
        case
            when kind = 'count' then before_hits / 4
            else before_hits / nullif(before_cases, 0)
        end as usual_week,
        {# Of the difference of two shares, were both the share of all. #}
        sqrt(
            (week_hits + before_hits) / all_cases * (1 - (week_hits + before_hits) / all_cases)
            * (1 / nullif(week_cases, 0) + 1 / nullif(before_cases, 0))
        ) as share_error,
        (1 / nullif(week_cases, 0) + 1 / nullif(before_cases, 0)) / 2 as share_step,
        {# 4 * 1.96 squared. #}
        cast(15.3664 as double) as bound

    from known

),

judged as (

    select
        *,
        this_week - usual_week as change,
        case
            when kind = 'count' and 4 * week_hits < before_hits
                then least(4 * week_hits - before_hits + 2.5, 0)
            when kind = 'count' then greatest(4 * week_hits - before_hits - 2.5, 0)
            when this_week < usual_week then least(this_week - usual_week + share_step, 0)
            else greatest(this_week - usual_week - share_step, 0)
        end as surplus,
        case
            when kind = 'count' then 2 * sqrt(week_hits + before_hits)
            else share_error
        end as surplus_error,
        {# The two ends of (4 * week - before -+ 2.5) ^ 2 <= bound * (week + before). #}
        {% for side, sign, step in [('low', '-', '- 2.5'), ('high', '+', '+ 2.5')] %}
        case
            when kind = 'count'
                then greatest(
                    (
                        8 * (before_hits {{ step }}) + bound
                        {{ sign }} sqrt(greatest(
                            bound * bound + 16 * bound * (before_hits {{ step }})
                            + 64 * bound * before_hits,
                            0
                        ))
                    ) / 32,
                    0
                )
            else least(greatest(usual_week {{ sign }} (1.96 * share_error + share_step), 0), 1)
        end as chance_{{ side }}{{ ',' if not loop.last }}
        {% endfor %}

    from valued

),

measured as (

    select
        *,
        surplus / nullif(surplus_error, 0) as change_in_errors

    from judged

),

final as (

    select
        cast(row_number() over (
            order by round(abs(change_in_errors), 9) desc nulls last, metric, dimension, dimension_value
        ) as int) as movement_rank,
        cast({{ add_days('cast(ends_before as timestamp)', -7) }} as date) as week_date,
        metric,
        kind,
        dimension,
        dimension_value,
        this_week,
        usual_week,
        change,
        change / nullif(usual_week, 0) as relative_change,
        chance_low,
        chance_high,
        change_in_errors,
        abs(change_in_errors) > sqrt(2 * ln(20.0 * count(change_in_errors) over ()))
            as is_beyond_chance,
        cast(case when kind = 'share' then week_cases end as bigint) as week_cases,
        cast(case when kind = 'share' then before_cases end as bigint) as before_cases

    from measured

)

select * from final
order by movement_rank
