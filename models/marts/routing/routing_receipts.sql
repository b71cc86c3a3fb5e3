{# Why each open lead is where it is: what took it, and for what did not, why not.
   Of the rules those are listed that were tried or would have fitted too; the reps of a
   team only for leads that went to one of them, and who had the lead before for all: to
   a lead that got no slot, all reps say what its team says. Of a large team those are listed who
   have most slots left: who has fewer is further from it, and leads times reps are very many rows. #}
{% set listed_reps_of_a_team = 20 %}
with

scores as (

    select
        lead_key,
        stage

    from {{ ref('lead_scores') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

assignments as (

    select * from {{ ref('lead_assignments') }}

),

owners as (

    select * from {{ ref('int_routing_owners') }}

),

candidates as (

    select
        lead_key,
        experience_level

    from {{ ref('int_routing_candidates') }}

),

combinations as (

    select
        lead_key,
        combination_key

    from {{ ref('int_lead_combinations') }}

),

matches as (

    select * from {{ ref('int_routing_matches') }}

),

reps as (

    select * from {{ ref('reps') }}

),

{# After the leads of two slots; those of one come off here. #}
rep_open_slots as (

    select * from {{ ref('int_rep_open_slots_left') }}

),

loads as (

    select
        owner_id,
        count(*) as slots

    from {{ ref('int_one_slot_assignments') }}

    group by owner_id

),

team_reps as (

    select
        reps.*,
        rep_open_slots.week_open_slots - coalesce(loads.slots, 0) as week_slots_left,
        rep_open_slots.open_slots - coalesce(loads.slots, 0) as day_slots_left

    from reps

    left join rep_open_slots
        on reps.rep_id = rep_open_slots.rep_id

    left join loads
        on reps.rep_id = loads.owner_id

),

listed_reps as (

    select
        *,
        row_number() over (
            partition by team_id
            order by coalesce(day_slots_left, -1) desc, rep_id
        ) <= {{ listed_reps_of_a_team }} as is_listed

    from team_reps

),

{# Not to be handed over at all. #}
not_candidates as (

    select
        scores.lead_key,
        'lead' as option_type,
        scores.stage as option_id,
        cast(null as int) as option_order,
        false as has_taken,
        case
            when leads.is_internal then 'internal'
            when leads.is_deleted then 'deleted'
            when leads.is_customer then 'customer'
            when scores.stage in ('inquiry', 'mql') then 'sales_works_on_it'
            else 'accepted_by_sales'
        end as reason_code

    from scores

    inner join leads
        on scores.lead_key = leads.lead_key

    left join assignments
        on scores.lead_key = assignments.lead_key

    where assignments.lead_key is null

),

by_rule as (

    select
        assignments.lead_key,
        'rule' as option_type,
        matches.rule_id as option_id,
        matches.priority as option_order,
        matches.is_first_match
        and owners.preferred_owner_id is null as has_taken,
        case
            when matches.mismatch is not null then matches.mismatch
            when not matches.is_first_match then 'lower_priority'
            when owners.preferred_owner_id is not null then 'owner_goes_first'
        end as reason_code

    from assignments

    inner join owners
        on assignments.lead_key = owners.lead_key

    inner join combinations
        on assignments.lead_key = combinations.lead_key

    inner join matches
        on
            combinations.combination_key = matches.combination_key
            and matches.is_considered

),

by_team as (

    select
        lead_key,
        'team' as option_type,
        team_id as option_id,
        cast(null as int) as option_order,
        owner_id is not null as has_taken,
        reason_code

    from assignments

    where team_id is not null

),

by_rep as (

    select
        assignments.lead_key,
        'rep' as option_type,
        listed_reps.rep_id as option_id,
        cast(null as int) as option_order,
        listed_reps.rep_id = assignments.owner_id as has_taken,
        case
            when listed_reps.rep_id = assignments.owner_id then null
            when listed_reps.rep_id = owners.last_owner_id
                and assignments.reassigned_because is not null
                then assignments.reassigned_because
            when not listed_reps.is_active then 'gone'
            when listed_reps.is_absent then 'absent'
            when assignments.assignment_reason in (
                    'kept_owner', 'known_account_owner', 'customer_account', 'same_account'
                )
                or not assignments.takes_new_slot
                then 'owner_goes_first'
            when listed_reps.experience_level < candidates.experience_level
                then 'too_little_experience'
            when listed_reps.week_slots_left < assignments.slots then 'week_cap'
            when listed_reps.day_slots_left < assignments.slots then 'day_cap'
            else 'more_work'
        end as reason_code

    from assignments

    inner join owners
        on assignments.lead_key = owners.lead_key

    inner join candidates
        on assignments.lead_key = candidates.lead_key

    inner join listed_reps
        on assignments.team_id = listed_reps.team_id

    where
        assignments.owner_id is not null
        and listed_reps.is_listed

    union all

    select
        assignments.lead_key,
        'rep' as option_type,
        listed_reps.rep_id as option_id,
        cast(null as int) as option_order,
        true as has_taken,
        cast(null as string) as reason_code

    from assignments

    inner join listed_reps
        on
            assignments.owner_id = listed_reps.rep_id
            and assignments.team_id = listed_reps.team_id

    where not listed_reps.is_listed

),

{# Who had the lead before, where the rows above do not say. #}
by_former_owner as (

    select
        assignments.lead_key,
        'rep' as option_type,
        owners.last_owner_id as option_id,
        cast(null as int) as option_order,
        false as has_taken,
        assignments.reassigned_because as reason_code

    from assignments

    inner join owners
        on assignments.lead_key = owners.lead_key

    left join listed_reps
        on owners.last_owner_id = listed_reps.rep_id

    where
        assignments.reassigned_because is not null
        and owners.last_owner_id is distinct from assignments.owner_id
        and (
            assignments.owner_id is null
            or listed_reps.team_id is distinct from assignments.team_id
            or not listed_reps.is_listed
        )

),

final as (

    select * from not_candidates

    union all

    select * from by_rule

    union all

    select * from by_team

    union all

    select * from by_rep

    union all

    select * from by_former_owner

)

select
    lead_key,
    option_type,
    option_id,
    option_order,
    has_taken,
    reason_code

from final

order by
    lead_key,
    option_type,
    option_order,
    option_id
