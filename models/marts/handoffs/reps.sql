{# The people who take leads: what the CRM knows, overlaid by what the
   sales_reps seed decides. A rep may stand in either. #}
with

clock as (

    select * from {{ ref('clock') }}

),

team_days as (

    select * from {{ ref('team_days') }}

),

crm_reps as (

    select * from {{ ref('stg_raw__crm_reps') }}

),

seed_reps as (

    select
        nullif({{ seed_text('rep_id') }}, '') as rep_id,
        nullif({{ seed_text('team_id') }}, '') as team_id,
        cast(nullif({{ seed_text('weekly_capacity') }}, '') as int)
            as weekly_capacity,
        cast(nullif({{ seed_text('absent_from') }}, '') as date) as absent_from,
        cast(nullif({{ seed_text('absent_to') }}, '') as date) as absent_to,
        nullif({{ seed_text('experience') }}, '') as experience,
        cast(nullif({{ seed_text('daily_capacity') }}, '') as int)
            as daily_capacity

    from {{ ref('sales_reps') }}

),

reps as (

    select
        coalesce(seed_reps.rep_id, crm_reps.rep_id) as rep_id,
        coalesce(seed_reps.team_id, crm_reps.team_id) as team_id,
        coalesce(
            seed_reps.weekly_capacity, {{ var('default_weekly_capacity') }}
        ) as weekly_capacity,
        coalesce(
            seed_reps.daily_capacity, {{ var('default_daily_capacity') }}
        ) as daily_capacity,
        coalesce(crm_reps.is_active, true) as is_active,
        seed_reps.absent_from,
        seed_reps.absent_to,
        seed_reps.experience

    from crm_reps

    full outer join seed_reps
        on crm_reps.rep_id = seed_reps.rep_id

),

{# Absence is judged on the day that leads are handed out for: on Friday night, on
   Monday. #}
absences as (

    select
        reps.*,
        coalesce(
            (
                reps.absent_from is not null
                or reps.absent_to is not null
            )
            and {{ team_day('work_date', 'cast(clock.as_of as date)') }}
            between coalesce(reps.absent_from, cast('1900-01-01' as date))
            and coalesce(reps.absent_to, cast('9999-12-31' as date)),
            false
        ) as is_absent

    from reps

    cross join clock

    {{ join_team_day('team_days', 'reps.team_id') }}

),

final as (

    select
        rep_id,
        team_id,
        cast(weekly_capacity as int) as weekly_capacity,
        cast(case
            when daily_capacity > 0 then least(daily_capacity, weekly_capacity)
            else weekly_capacity
        end as int) as daily_capacity,
        is_active,
        is_absent,
        absent_from,
        absent_to,
        experience,
        {{ experience_level('experience') }} as experience_level,
        is_active and not is_absent and team_id is not null as is_available

    from absences

)

select * from final
