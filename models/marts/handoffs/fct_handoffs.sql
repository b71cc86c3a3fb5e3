{# One row per entry to mql: whether sales was told, how it took it, and whether in time. #}
{% set low_ratings = var('low_ratings') %}
{% set days = var('black_hole_after_days') %}

with

clock as (

    select * from {{ ref('clock') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

hours as (

    select * from {{ ref('int_handoff_hours') }}

),

ratings as (

    select * from {{ ref('lead_ratings') }}

),

small_teams as (

    {{ small_teams(ref('reps')) }}

),

points as (

    select * from {{ ref('int_handoff_points') }}

),

thresholds as (

    {{ threshold_row(ref('points_thresholds'), band_thresholds() + grid_thresholds()) }}

),

observability as (

    select * from {{ ref('lead_observability') }}

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

seen as (

    select
        handoffs.*,
        clock.as_of,
        {{ is_mature('handoffs.handoff_at', 'clock.as_of', days) }} as is_decided,
        {# Nobody can be told of a lead before the next night. #}
        case
            when handoffs.told_by is not null then true
            when {{ is_mature('handoffs.mql_at', 'clock.as_of', days) }} then false
        end as was_told,
        {{ is_in_horizon('handoffs.first_sales_note_at', 'handoffs.handoff_at', days) }} as is_noted,
        coalesce(handoffs.handoff_at >= observability.follow_up_observable_from, false) as is_observable,
        coalesce(handoffs.handoff_at >= observability.durations_observable_from, false)
            as has_durations

    from handoffs

    cross join clock

    left join observability
        on handoffs.lead_key = observability.lead_key

),

{# Decided on the day on which it was due, and so whatever came later. Where touches cannot
   be seen, leads that sales accepted are no sample of what it followed up. #}
decided as (

    select
        *,
        case
            {# Sales cannot have forgotten a lead that it was not told of. #}
            when told_by is null then null
            when {{ is_in_horizon('first_sales_touch_at', 'handoff_at', days) }} then false
            when not is_observable then null
            {# Nobody would have brought more. #}
            when account_won_at is not null then false
            when {{ is_in_horizon('answered_at', 'handoff_at', days) }} then false
            when is_decided then true
        end as is_in_black_hole

    from seen

),

final as (

    select
        decided.handoff_key,
        decided.lead_key,
        decided.cycle_number,
        decided.mql_at,
        decided.handoff_at,
        decided.was_told,
        decided.told_by,
        decided.is_implied,
        decided.handed_over_by,
        decided.origin,
        decided.owner_id,
        decided.is_owner_unknown,
        {# The team's own calendar has counted. #}
        case when small_teams.team_id is null then decided.team_id else 'small_teams' end
            as team_id,
        hours.time_zone,
        points.points_at_handoff,
        {{ band_name(band_number('points.points_at_handoff', "'points'", 'thresholds')) }}
            as score_band,
        case
            when points.handoff_key is not null
                then {{ grid_cell('points.points_fit', 'points.points_behavior', 'thresholds') }}
        end as grid_cell,
        ranked_ratings.rating as rep_rating,
        case when ranked_ratings.is_dated then ranked_ratings.rated_at end as rep_rated_at,
        hours.is_after_hours,
        decided.is_over_capacity,
        decided.first_sales_touch_at,
        decided.first_sales_contact_at,
        decided.sales_touches,
        case
            when decided.has_durations and decided.open_until <= decided.as_of
                then decided.sales_minutes
        end as sales_minutes,
        {# Of a touch on a day without a time, nobody knows how soon it came; one that came
           before the handoff was no answer to it. #}
        {% set is_timed = 'not decided.is_touch_day_only and decided.first_sales_touch_at >= decided.handoff_at' %}
        case
            when {{ is_timed }}
                then {{ seconds_between('decided.handoff_at', 'decided.first_sales_touch_at') }}
        end as speed_to_lead_seconds,
        case when {{ is_timed }} then hours.speed_to_lead_business_seconds end
            as speed_to_lead_business_seconds,
        case
            when decided.sal_at is not null then 'accepted'
            when decided.rejected_at is not null then 'rejected'
            when decided.account_won_at is not null then 'won_by_colleague'
            when
                decided.is_in_black_hole
                and coalesce(decided.answered_at, decided.taken_up_at) is null
                then case when decided.is_noted then 'no_touch_logged' else 'never_followed_up' end
            when not decided.was_told and decided.answered_at is null then 'nobody_told'
            {# Touched or not: the cycle is over, and no verdict on it can come. #}
            when decided.is_expired then 'expired'
            else 'pending'
        end as verdict,
        coalesce(decided.sal_at, decided.rejected_at) as verdict_at,
        case
            when decided.sal_at is null and decided.rejected_at is not null
                then coalesce(nullif(decided.outcome_reason, ''), 'not_given')
        end as verdict_reason,
        decided.is_in_black_hole is not null and decided.is_decided as is_judged,
        decided.is_in_black_hole,
        case
            when decided.is_in_black_hole
                then coalesce(decided.answered_at, decided.taken_up_at)
        end as found_again_at,
        {# The first cause that applies. #}
        case
            when not coalesce(decided.is_in_black_hole, false) then null
            when decided.is_noted then 'no_touch_logged'
            when decided.owner_id is null then 'no_owner'
            when decided.is_owner_unknown then 'owner_unknown'
            when decided.is_over_capacity then 'over_capacity'
            {% if low_ratings %}
            when ranked_ratings.rating in ({{ literals(low_ratings) }}) then 'low_quality'
            {% endif %}
            when hours.is_after_hours then 'after_hours'
            else 'ignored'
        end as black_hole_cause,
        hours.service_level_hours,
        hours.due_at,
        case
            when decided.told_by is null then null
            {# A touch that was logged is seen, whatever else is not. #}
            when decided.sales_touches = 0 and not decided.is_observable then null
            when decided.answered_at <= hours.due_at then true
            when hours.due_at > decided.as_of then null
            when
                decided.is_touch_day_only
                and cast(date_trunc('day', decided.first_sales_touch_at) as timestamp)
                <= hours.due_at
                then null
            else false
        end as is_service_level_kept

    from decided

    cross join thresholds

    inner join hours
        on decided.handoff_key = hours.handoff_key

    left join points
        on decided.handoff_key = points.handoff_key

    left join ranked_ratings
        on
            decided.handoff_key = ranked_ratings.handoff_key
            and ranked_ratings.preference_rank = 1

    left join small_teams
        on decided.team_id = small_teams.team_id

)

select * from final
order by lead_key, cycle_number
