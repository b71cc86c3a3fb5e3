{# What each rep can still take in the week that begins at as_of. A handoff of
   the seven days before counts against it. #}
with

clock as (

    select * from {{ ref('int_clock') }}

),

reps as (

    select * from {{ ref('int_reps') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

taken as (

    select
        handoffs.owner_id as rep_id,
        count(*) as slots_taken

    from handoffs

    cross join clock

    where
        handoffs.handoff_at > {{ add_days('clock.as_of', -7) }}
        and handoffs.handoff_at <= clock.as_of

    group by handoffs.owner_id

),

final as (

    select
        reps.rep_id,
        reps.team_id,
        reps.is_available,
        reps.weekly_capacity,
        cast(coalesce(taken.slots_taken, 0) as int) as slots_taken,
        cast(case
            when reps.is_available
                then greatest(
                    reps.weekly_capacity - coalesce(taken.slots_taken, 0), 0
                )
            else 0
        end as int) as free_slots

    from reps

    left join taken
        on reps.rep_id = taken.rep_id

)

select * from final
