{# Whom each lead stays with. An assigned lead stays unless its rep handed it back,
   let the week pass, or is not there; then reassigned_because says which. #}
with

clock as (

    select * from {{ ref('clock') }}

),

pool as (

    select * from {{ ref('int_routing_pool') }}

),

reps as (

    select * from {{ ref('reps') }}

),

account_owners as (

    select * from {{ ref('int_account_owners') }}

),

acknowledgements as (

    {{ latest_acknowledgements(source('sync', 'sync_acknowledgements')) }}

),

crm_leads as (

    select
        lead_id,
        owner_id,
        updated_at

    from {{ ref('stg_raw__crm_leads') }}

),

{# What the CRM took from us in the last seven days and may not yet show; unless
   somebody has changed the record since and given it to somebody else. #}
acknowledged as (

    select
        acknowledgements.record_key,
        acknowledgements.owner_id,
        acknowledgements.acknowledged_at,
        coalesce(acknowledgements.is_exploration, false) as is_exploration

    from acknowledgements

    {# What we created is not among the CRM's records at once. #}
    left join crm_leads
        on acknowledgements.crm_lead_id = crm_leads.lead_id

    cross join clock

    where
        acknowledgements.owner_id is not null
        and acknowledgements.acknowledged_at > {{ add_days('clock.as_of', -7) }}
        and acknowledgements.acknowledged_at <= clock.as_of
        and (
            crm_leads.owner_id = acknowledgements.owner_id
            or coalesce(crm_leads.updated_at <= acknowledgements.acknowledged_at, true)
        )

),

{# Who had the lead when sales gave it back, which ended the cycle before. #}
hand_backs as (

    select
        cycles.lead_key,
        cycles.cycle_number + 1 as next_cycle_number,
        max(owners.owner_id) as owner_id

    from {{ ref('fct_lead_cycles') }} as cycles

    inner join {{ ref('lead_owners') }} as owners
        on
            cycles.lead_key = owners.lead_key
            and owners.owned_from <= cycles.ended_at
            and owners.owned_to > cycles.ended_at

    where cycles.outcome = 'recycled'

    group by cycles.lead_key, cycles.cycle_number

),

owned as (

    select
        pool.*,
        acknowledged.owner_id as acknowledged_owner_id,
        acknowledged.acknowledged_at,
        coalesce(acknowledged.is_exploration, false) as was_exploration,
        account_owners.owner_id as account_owner_id,
        {# Handed over within the week, so not overdue: its slots are counted. #}
        coalesce(
            pool.handoff_at > {{ add_days('clock.as_of', -7) }}, false
        ) as is_handed_over_this_week,
        coalesce(acknowledged.owner_id, pool.crm_owner_id) as last_owner_id,
        case
            when
                pool.crm_owner_id = hand_backs.owner_id
                and acknowledged.owner_id is null
                then 'handed_back'
            when
                pool.stage = 'mql'
                and pool.crm_owner_id is not null
                and acknowledged.owner_id is null
                and pool.handoff_at <= {{ add_days('clock.as_of', -7) }}
                then 'overdue'
        end as lost_because

    from pool

    cross join clock

    {# An answer from before the cycle is about the pass that has ended. #}
    left join acknowledged
        on
            coalesce(pool.crm_lead_id, cast(pool.lead_key as string)) = acknowledged.record_key
            and acknowledged.acknowledged_at >= pool.cycle_started_at

    left join account_owners
        on pool.lead_key = account_owners.lead_key

    left join hand_backs
        on
            pool.lead_key = hand_backs.lead_key
            and pool.cycle_number = hand_backs.next_cycle_number

),

judged as (

    select
        owned.*,
        last_reps.rep_id is not null
        and last_reps.is_available
        and owned.lost_because is null as is_kept,
        case
            when owned.lost_because is not null then owned.lost_because
            {# Whom neither list knows is somebody outside sales. #}
            when last_reps.rep_id is not null and not last_reps.is_available
                then case
                    when last_reps.is_active and last_reps.is_absent then 'owner_absent'
                    else 'owner_gone'
                end
        end as reassigned_because

    from owned

    left join reps as last_reps
        on owned.last_owner_id = last_reps.rep_id

),

final as (

    select
        lead_key,
        cycle_number,
        case
            when is_kept then last_owner_id
            {# Not back to the same rep because the account is theirs too. #}
            when
                reassigned_because is null
                or account_owner_id is distinct from last_owner_id
                then account_owner_id
        end as preferred_owner_id,
        case
            when is_kept then 'kept_owner'
            when
                account_owner_id is not null
                and (
                    reassigned_because is null
                    or account_owner_id is distinct from last_owner_id
                )
                then 'known_account_owner'
        end as preference,
        coalesce(
            is_kept and is_handed_over_this_week and last_owner_id = crm_owner_id,
            false
        ) as is_running,
        is_kept and acknowledged_owner_id is not null as is_standing,
        {# Drawn at random once: the mark stays with the lead. #}
        is_kept and was_exploration as is_drawn_before,
        case when is_kept then acknowledged_at end as standing_since_at,
        last_owner_id,
        account_owner_id,
        reassigned_because

    from judged

)

select * from final
