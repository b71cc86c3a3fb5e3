{# One row per change of a CRM lead's status, in the order in which they were
   made. Changes that bear the same time are put into the longest chain in which
   each starts from the status that the one before it set; of several such
   chains the one that fits the changes before and after, else the first by
   history_id. What no chain holds comes last. #}
{% set longest_chain = 8 %}

with

changes as (

    select
        history_id,
        lead_id,
        old_value,
        new_value,
        lower(coalesce(old_value, '')) as old_status,
        lower(coalesce(new_value, '')) as new_status,
        changed_at,
        loaded_at,
        count(*) over (partition by lead_id, changed_at) as changes_at_once,
        row_number() over (
            partition by lead_id, changed_at
            order by history_id
        ) as moment_index

    from {{ ref('stg_raw__crm_lead_history') }}

    where lower(field_name) = 'status'

),

{# A change by its bit. Of changes that say the same, the first goes first: their
   order makes no other chain. #}
shared as (

    select
        *,
        cast(power(2, moment_index - 1) as int) as bit,
        coalesce(
            lag(cast(power(2, moment_index - 1) as int)) over (
                partition by lead_id, changed_at, old_status, new_status
                order by history_id
            ),
            0
        ) as bit_before

    from changes

    where changes_at_once > 1 and moment_index <= {{ longest_chain }}

),

chain_1 as (

    select
        lead_id,
        changed_at,
        bit as used,
        1 as chain_length,
        old_status as first_status,
        new_status as last_status,
        cast(moment_index as string) as path

    from shared

    where bit_before = 0

),

{% for length in range(2, longest_chain + 1) %}
chain_{{ length }} as (

    select
        chains.lead_id,
        chains.changed_at,
        chains.used + coalesce(shared.bit, 0) as used,
        chains.chain_length + case when shared.bit is null then 0 else 1 end
            as chain_length,
        chains.first_status,
        coalesce(shared.new_status, chains.last_status) as last_status,
        chains.path || coalesce(cast(shared.moment_index as string), '') as path

    from chain_{{ length - 1 }} as chains

    left join shared
        on
            chains.lead_id = shared.lead_id
            and chains.changed_at = shared.changed_at
            and chains.last_status = shared.old_status
            and (chains.used & shared.bit) = 0
            and (chains.used & shared.bit_before) = shared.bit_before

),

{% endfor %}

moments as (

    select
        lead_id,
        changed_at,
        changes_at_once,
        lag(changed_at) over lead_order as previous_at,
        lead(changed_at) over lead_order as next_at

    from changes

    where moment_index = 1

    window lead_order as (partition by lead_id order by changed_at)

),

statuses_before as (

    select distinct
        moments.lead_id,
        moments.changed_at,
        changes.new_status as status

    from moments

    inner join changes
        on
            moments.lead_id = changes.lead_id
            and moments.previous_at = changes.changed_at

    where moments.changes_at_once > 1

),

statuses_after as (

    select distinct
        moments.lead_id,
        moments.changed_at,
        lower(coalesce(changes.old_value, crm_leads.status, '')) as status

    from moments

    left join changes
        on
            moments.lead_id = changes.lead_id
            and moments.next_at = changes.changed_at

    left join {{ ref('stg_raw__crm_leads') }} as crm_leads
        on
            moments.next_at is null
            and moments.lead_id = crm_leads.lead_id

    where moments.changes_at_once > 1

),

ranked_chains as (

    select
        chains.lead_id,
        chains.changed_at,
        chains.path,
        row_number() over (
            partition by chains.lead_id, chains.changed_at
            order by
                chains.chain_length desc,
                case when statuses_before.status is null then 1 else 0 end,
                case when statuses_after.status is null then 1 else 0 end,
                chains.path
        ) as preference_rank

    from chain_{{ longest_chain }} as chains

    left join statuses_before
        on
            chains.lead_id = statuses_before.lead_id
            and chains.changed_at = statuses_before.changed_at
            and chains.first_status = statuses_before.status

    left join statuses_after
        on
            chains.lead_id = statuses_after.lead_id
            and chains.changed_at = statuses_after.changed_at
            and chains.last_status = statuses_after.status

),

placed as (

    select
        changes.*,
        case
            when ranked_chains.path is null then changes.moment_index
            when
                changes.moment_index <= {{ longest_chain }}
                and instr(ranked_chains.path, cast(changes.moment_index as string)) > 0
                then instr(ranked_chains.path, cast(changes.moment_index as string))
            else {{ longest_chain }} + changes.moment_index
        end as place

    from changes

    left join ranked_chains
        on
            changes.lead_id = ranked_chains.lead_id
            and changes.changed_at = ranked_chains.changed_at
            and ranked_chains.preference_rank = 1

),

final as (

    select
        history_id,
        lead_id,
        old_value,
        new_value,
        changed_at,
        loaded_at,
        cast(row_number() over (
            partition by lead_id
            order by changed_at, place
        ) as int) as change_number,
        cast(count(*) over (partition by lead_id) as int) as changes,
        cast(row_number() over (
            partition by lead_id, changed_at
            order by place
        ) as int) as moment_number

    from placed

)

select * from final
