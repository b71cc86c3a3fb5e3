{# A team never leaves a slot free while one of its leads is told that there is
   none. #}
select
    teams.team_id,
    teams.free_slots,
    teams.new_handoffs

from {{ ref('capacity_plan') }} as teams

where
    teams.team_id <> 'all'
    and teams.new_handoffs < teams.free_slots
    and exists (
        select 1
        from {{ ref('lead_assignments') }} as assignments
        where
            assignments.team_id = teams.team_id
            and assignments.reason_code in ('over_capacity', 'below_cutoff')
    )
