{# One row per entry to mql. Sales has until the next cycle to touch the lead;
   the owner is the last one the lead had in that time. #}
{% set low_ratings = var('low_ratings') %}
{% set days = var('black_hole_after_days') %}

with

clock as (

    select * from {{ ref('clock') }}

),

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

bounds as (

    select
        lead_key,
        cycle_number,
        next_started_at

    from {{ ref('cycle_bounds') }}

),

entries as (

    select * from {{ ref('stage_entries') }}
    where stage = 'mql'

),

owners as (

    select * from {{ ref('lead_owners') }}
    where owner_id is not null

),

ratings as (

    select * from {{ ref('lead_ratings') }}

),

touches as (

    select
        lead_key,
        occurred_at,
        is_day_only

    from {{ ref('lead_events') }}

    where is_sales_touch

),

reps as (

    select * from {{ ref('reps') }}

),

small_teams as (

    {{ small_teams('reps') }}

),

profiles as (

    select
        lead_key,
        upper(country_code) as country_code

    from {{ ref('lead_profiles') }}

),

business_days as (

    select * from {{ ref('int_business_days') }}

),

{# The calendars there are: others stand for teams and countries without one. #}
calendar_teams as (

    select distinct
        team_id,
        time_zone

    from business_days

),

calendar_countries as (

    select distinct country_code from business_days

),

points as (

    select * from {{ ref('int_handoff_points') }}

),

thresholds as (

    {{ threshold_row(ref('points_thresholds'), band_thresholds()) }}

),

service_level as (

    select service_level_hours
    from {{ ref('stages') }}
    where stage = 'mql'

),

observability as (

    select * from {{ ref('follow_up_observability') }}

),

handoffs as (

    select
        entries.stage_transition_key as handoff_key,
        entries.lead_key,
        entries.cycle_number,
        entries.entered_at as handoff_at,
        entries.is_implied,
        entries.signal_source as handed_over_by,
        cycles.origin,
        {# Sales may have called before it was told to. #}
        greatest(
            {{ add_days('entries.entered_at', '-1.0 * ' ~ var('touch_before_handoff_hours') ~ ' / 24') }},
            cycles.started_at
        ) as touched_from,
        bounds.next_started_at,
        cycles.outcome_reason,
        cycles.sal_at,
        {# What a rep thinks after that is no judgement of what was handed over. #}
        coalesce(
            least(cycles.sql_at, cycles.ended_at), bounds.next_started_at
        ) as open_until,
        case
            when cycles.outcome in ('recycled', 'disqualified', 'closed_lost')
                and cycles.sal_at is null
                then cycles.ended_at
        end as rejected_at

    from entries

    inner join bounds
        on
            entries.lead_key = bounds.lead_key
            and entries.cycle_number = bounds.cycle_number

    inner join cycles
        on
            entries.lead_key = cycles.lead_key
            and entries.cycle_number = cycles.cycle_number

),

first_touches as (

    select
        handoffs.handoff_key,
        min(touches.occurred_at) as first_sales_touch_at,
        min(case when touches.is_day_only then touches.occurred_at end)
            as first_day_touch_at,
        count(*) as sales_touches

    from handoffs

    inner join touches
        on
            handoffs.lead_key = touches.lead_key
            and touches.occurred_at >= handoffs.touched_from
            and touches.occurred_at < handoffs.next_started_at

    group by handoffs.handoff_key

),

ranked_owners as (

    select
        handoffs.handoff_key,
        owners.owner_id,
        row_number() over (
            partition by handoffs.handoff_key
            order by owners.owned_from desc, owners.crm_lead_id desc, owners.owner_id
        ) as preference_rank

    from handoffs

    cross join clock

    inner join owners
        on
            handoffs.lead_key = owners.lead_key
            and owners.owned_from < handoffs.next_started_at
            and owners.owned_from <= clock.as_of
            and owners.owned_to > handoffs.handoff_at

),

ranked_ratings as (

    select
        handoffs.handoff_key,
        ratings.rating,
        ratings.rated_at,
        ratings.is_dated,
        row_number() over (
            partition by handoffs.handoff_key
            order by ratings.rated_at desc, ratings.crm_lead_id desc, ratings.history_id desc
        ) as preference_rank

    from handoffs

    cross join clock

    inner join ratings
        on
            handoffs.lead_key = ratings.lead_key
            and ratings.rated_at < handoffs.open_until
            and ratings.rated_at <= clock.as_of

),

{# A handoff was one too many when its rep had been given a week's worth in the
   seven days before. Positions in the rep's row of handoffs, so that equal times
   count one after the other. #}
owned as (

    select
        handoffs.handoff_key,
        ranked_owners.owner_id,
        reps.team_id,
        reps.weekly_capacity,
        {# Where no rep is known at all, nothing tells who is none. #}
        reps.rep_id is null and (select count(*) from reps) > 0 as is_owner_unknown,
        row_number() over rep_order as rep_position,
        {{ epoch_micros('handoffs.handoff_at') }} as handoff_micros

    from handoffs

    inner join ranked_owners
        on
            handoffs.handoff_key = ranked_owners.handoff_key
            and ranked_owners.preference_rank = 1

    left join reps
        on ranked_owners.owner_id = reps.rep_id

    window rep_order as (
        partition by ranked_owners.owner_id
        order by handoffs.handoff_at, handoffs.handoff_key
    )

),

loaded as (

    select
        handoff_key,
        owner_id,
        team_id,
        is_owner_unknown,
        coalesce(
            rep_position - 1
            - count(*) over (
                partition by owner_id
                order by handoff_micros
                range between unbounded preceding and 604800000000 preceding
            )
            >= weekly_capacity,
            false
        ) as is_over_capacity

    from owned

),

judged as (

    select
        handoffs.*,
        first_touches.first_sales_touch_at,
        coalesce(
            first_touches.first_day_touch_at = first_touches.first_sales_touch_at, false
        ) as is_touch_day_only,
        coalesce(first_touches.sales_touches, 0) as sales_touches,
        loaded.owner_id,
        loaded.team_id,
        coalesce(loaded.is_owner_unknown, false) as is_owner_unknown,
        coalesce(loaded.is_over_capacity, false) as is_over_capacity,
        ranked_ratings.rating as rep_rating,
        case when ranked_ratings.is_dated then ranked_ratings.rated_at end
            as rep_rated_at,
        points.points_at_handoff,
        coalesce(calendar_teams.team_id, '') as calendar_team_id,
        coalesce(calendar_teams.time_zone, '{{ var('reporting_time_zone') }}') as time_zone,
        coalesce(calendar_countries.country_code, '') as calendar_country_code,
        clock.as_of,
        least(
            first_touches.first_sales_touch_at, handoffs.sal_at, handoffs.rejected_at
        ) as answered_at,
        coalesce(handoffs.handoff_at >= observability.observable_from, false)
            as is_observable,
        service_level.service_level_hours,
        {{ add_seconds('handoffs.handoff_at', 'service_level.service_level_hours * 3600') }}
            as due_at

    from handoffs

    cross join clock

    cross join service_level

    left join observability
        on handoffs.lead_key = observability.lead_key

    left join first_touches
        on handoffs.handoff_key = first_touches.handoff_key

    left join loaded
        on handoffs.handoff_key = loaded.handoff_key

    left join ranked_ratings
        on
            handoffs.handoff_key = ranked_ratings.handoff_key
            and ranked_ratings.preference_rank = 1

    left join points
        on handoffs.handoff_key = points.handoff_key

    left join profiles
        on handoffs.lead_key = profiles.lead_key

    left join calendar_teams
        on loaded.team_id = calendar_teams.team_id

    left join calendar_countries
        on profiles.country_code = calendar_countries.country_code

),

{# Decided on the day on which it was due, and so whatever came later. Where touches cannot
   be seen, leads that sales accepted are no sample of what it followed up. #}
decided as (

    select
        *,
        case
            when {{ is_in_horizon('first_sales_touch_at', 'handoff_at', days) }} then false
            when not is_observable then null
            when {{ is_in_horizon('answered_at', 'handoff_at', days) }} then false
            when {{ is_mature('handoff_at', 'as_of', days) }} then true
        end as is_in_black_hole

    from judged

),

timed as (

    select
        decided.*,
        {{ band_name(band_number('decided.points_at_handoff', "'points'", 'thresholds')) }}
            as score_band,
        coalesce(
            not handoff_days.is_work_day
            or decided.handoff_at < handoff_days.opens_at
            or decided.handoff_at >= handoff_days.closes_at,
            false
        ) as is_after_hours,
        {{ business_seconds_until('decided.first_sales_touch_at', 'touch_days') }}
        - {{ business_seconds_until('decided.handoff_at', 'handoff_days') }}
            as speed_to_lead_business_seconds

    from decided

    cross join thresholds

    left join business_days as handoff_days
        on
            decided.calendar_team_id = handoff_days.team_id
            and decided.calendar_country_code = handoff_days.country_code
            and cast({{ local_time('decided.handoff_at', 'decided.time_zone') }} as date)
            = handoff_days.local_date

    left join business_days as touch_days
        on
            decided.calendar_team_id = touch_days.team_id
            and decided.calendar_country_code = touch_days.country_code
            and cast({{ local_time('decided.first_sales_touch_at', 'decided.time_zone') }} as date)
            = touch_days.local_date

),

final as (

    select
        handoff_key,
        lead_key,
        cycle_number,
        handoff_at,
        is_implied,
        handed_over_by,
        origin,
        owner_id,
        {# The team's own calendar has counted above. #}
        case when small_teams.team_id is null then timed.team_id else 'small_teams' end
            as team_id,
        time_zone,
        points_at_handoff,
        score_band,
        rep_rating,
        rep_rated_at,
        is_after_hours,
        is_over_capacity,
        first_sales_touch_at,
        sales_touches,
        {# Of a touch on a day without a time, nobody knows how soon it came; one that came
           before the handoff was no answer to it. #}
        {% set is_timed = 'not is_touch_day_only and first_sales_touch_at >= handoff_at' %}
        case
            when {{ is_timed }}
                then {{ seconds_between('handoff_at', 'first_sales_touch_at') }}
        end as speed_to_lead_seconds,
        case when {{ is_timed }} then speed_to_lead_business_seconds end
            as speed_to_lead_business_seconds,
        case
            when sal_at is not null then 'accepted'
            when rejected_at is not null then 'rejected'
            when is_in_black_hole and answered_at is null then 'never_followed_up'
            else 'pending'
        end as verdict,
        coalesce(sal_at, rejected_at) as verdict_at,
        case
            when sal_at is null and rejected_at is not null
                then coalesce(nullif(outcome_reason, ''), 'not_given')
        end as verdict_reason,
        is_in_black_hole,
        case when is_in_black_hole then answered_at end as found_again_at,
        {# The first cause that applies. #}
        case
            when not coalesce(is_in_black_hole, false) then null
            when owner_id is null then 'no_owner'
            when is_owner_unknown then 'owner_unknown'
            when is_over_capacity then 'over_capacity'
            {% if low_ratings %}
            when rep_rating in ('{{ low_ratings | join("', '") }}') then 'low_quality'
            {% endif %}
            when is_after_hours then 'after_hours'
            else 'ignored'
        end as black_hole_cause,
        service_level_hours,
        due_at,
        case
            {# A touch that was logged is seen, whatever else is not. #}
            when sales_touches = 0 and not is_observable then null
            when answered_at <= due_at then true
            when due_at > as_of then null
            when
                is_touch_day_only
                and cast(date_trunc('day', first_sales_touch_at) as timestamp) <= due_at
                then null
            else false
        end as is_service_level_kept

    from timed

    left join small_teams
        on timed.team_id = small_teams.team_id

)

select * from final
order by lead_key, cycle_number
