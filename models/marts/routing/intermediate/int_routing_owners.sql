{# Whom each lead stays with. An assigned lead stays unless its rep handed it back,
   let the week pass, or is not there; then reassigned_because says which. All others of
   its account go to the account's rep. #}
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
        acknowledgements.due_at,
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

{# What the last published run said, whether or not anybody has told the CRM; unless the
   lead was given to somebody else there since. #}
published as (

    select
        pool.lead_key,
        assignments.owner_id,
        assignments.assigned_at,
        assignments.due_at,
        assignments.is_exploration

    from {{ source('sync', 'published_assignments') }} as assignments

    inner join (
        select max(earlier.as_of) as as_of

        from {{ source('sync', 'published_assignments') }} as earlier

        cross join clock

        where earlier.as_of < clock.as_of
    ) as last_run
        on assignments.as_of = last_run.as_of

    inner join pool
        on
            assignments.lead_key = cast(pool.lead_key as string)
            and assignments.assigned_at >= pool.cycle_started_at

    where
        pool.crm_owner_id is not distinct from assignments.crm_owner_id
        or pool.crm_owner_id = assignments.owner_id

),

words as (

    select
        lead_key,
        owner_id,
        assigned_at as given_at,
        due_at,
        coalesce(is_exploration, false) as is_exploration,
        2 as preference_rank

    from published

    union all

    {# An answer from before the cycle is about the cycle that has ended. #}
    select
        pool.lead_key,
        acknowledged.owner_id,
        acknowledged.acknowledged_at as given_at,
        acknowledged.due_at,
        acknowledged.is_exploration,
        1 as preference_rank

    from acknowledged

    inner join pool
        on
            acknowledged.record_key = coalesce(pool.crm_lead_id, cast(pool.lead_key as string))
            and acknowledged.acknowledged_at >= pool.cycle_started_at

),

{# The later of the two. #}
given as (

    {{ first_rows('words', by='lead_key', order_by='given_at desc, preference_rank') }}

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
        given.owner_id as given_owner_id,
        given.given_at,
        given.due_at as given_due_at,
        coalesce(given.is_exploration, false) as was_exploration,
        account_owners.owner_id as account_owner_id,
        account_owners.working_owner_id,
        {# Handed over within the week, so not overdue: its slots are counted. #}
        coalesce(
            pool.handoff_at > {{ add_days('clock.as_of', -7) }}, false
        ) as is_handed_over_this_week,
        coalesce(given.owner_id, pool.crm_owner_id) as last_owner_id,
        case
            when
                pool.crm_owner_id = hand_backs.owner_id
                and given.owner_id is null
                then 'handed_back'
            when
                pool.stage = 'mql'
                and pool.crm_owner_id is not null
                and given.owner_id is null
                and pool.handoff_at <= {{ add_days('clock.as_of', -7) }}
                then 'overdue'
            when given.given_at <= {{ add_days('clock.as_of', -7) }} then 'overdue'
        end as lost_because

    from pool

    cross join clock

    left join given
        on pool.lead_key = given.lead_key

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
        count(*) over (partition by owned.account_key) as leads_of_account,
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

{# Where nobody is the account's owner, who has most of its leads already is. #}
kept_by_account as (

    select
        account_key,
        last_owner_id as owner_id,
        count(*) as leads,
        min(priority_rank) as priority_rank

    from judged

    where is_kept and account_key is not null

    group by account_key, last_owner_id

),

account_keepers as (

    {{ first_rows(
        'kept_by_account', by='account_key', order_by='leads desc, priority_rank, owner_id'
    ) }}

),

{# A rep who lost a lead of an account, and neither keeps another nor works on most of them,
   gets none of it, unless it is a customer: all of them go to somebody else together. Whoever
   does is talking to the company, and a second rep would be one too many. #}
lost_reps as (

    select distinct
        judged.account_key,
        judged.last_owner_id as rep_id

    from judged

    left join kept_by_account
        on
            judged.account_key = kept_by_account.account_key
            and judged.last_owner_id = kept_by_account.owner_id

    where
        judged.reassigned_because is not null
        and judged.account_key is not null
        and kept_by_account.owner_id is null
        and not coalesce(judged.is_customer_account, false)

),

placed as (

    select
        judged.*,
        coalesce(
            case when lost_reps.rep_id is null then judged.account_owner_id end,
            judged.working_owner_id,
            account_keepers.owner_id
        ) as account_rep_id,
        {# There are other leads of the company: this one waits for its rep, as those do for theirs,
           lest one rep more calls. #}
        judged.is_kept
        and judged.account_key is not null
        and (judged.leads_of_account > 1 or judged.working_owner_id is not null) as waits_for_rep

    from judged

    left join account_keepers
        on judged.account_key = account_keepers.account_key

    left join lost_reps
        on
            judged.account_key = lost_reps.account_key
            and judged.account_owner_id = lost_reps.rep_id

),

final as (

    select
        lead_key,
        cycle_number,
        case
            when is_kept then last_owner_id
            else account_rep_id
        end as preferred_owner_id,
        case
            when waits_for_rep then 'known_account_owner'
            when is_kept then 'kept_owner'
            when account_rep_id is not null and is_customer_account then 'customer_account'
            when account_rep_id is not null then 'known_account_owner'
        end as preference,
        coalesce(
            is_kept and is_handed_over_this_week and last_owner_id = crm_owner_id,
            false
        ) as is_running,
        is_kept and given_owner_id is not null as is_standing,
        {# Drawn at random once: the mark stays with the lead. #}
        is_kept and was_exploration as is_drawn_before,
        case when is_kept then given_at end as standing_since_at,
        case when is_kept then given_due_at end as standing_due_at,
        last_owner_id,
        account_owner_id,
        reassigned_because

    from placed

)

select * from final
