{# The rep for each account that has none yet and whose leads are more than one, or are
   a customer's: in the team of its best lead, of those who may take it, whoever has least
   to do after the accounts before it. All leads of the account go with it. #}
with

candidates as (

    select * from {{ ref('int_routing_candidates') }}
    where blocked_reason is null

),

rep_open_slots as (

    select * from {{ ref('int_rep_open_slots') }}

),

numbers as (

    {{ whole_numbers(3) }}

),

waiting as (

    select *

    from candidates

    where
        account_key is not null
        and preferred_owner_id is null
        and lead_key not in (select lead_key from {{ ref('int_routing_kept') }})

),

best_leads as (

    {{ first_rows(
        'waiting',
        by='account_key',
        order_by='priority_rank, lead_key',
        columns='account_key, team_id, priority_rank'
    ) }}

),

team_levels as (

    select
        team_id,
        max(experience_level) as experience_level

    from rep_open_slots

    group by team_id

),

{# Nobody is more experienced than the best of the team. #}
accounts as (

    select
        best_leads.account_key,
        best_leads.team_id,
        best_leads.priority_rank,
        least(max(waiting.experience_level), team_levels.experience_level)
            as experience_level

    from best_leads

    inner join waiting
        on best_leads.account_key = waiting.account_key

    inner join team_levels
        on best_leads.team_id = team_levels.team_id

    group by
        best_leads.account_key,
        best_leads.team_id,
        best_leads.priority_rank,
        team_levels.experience_level

    having count(*) > 1 or max(case when waiting.is_customer_account then 1 else 0 end) = 1

),

numbered_accounts as (

    select
        *,
        row_number() over (
            partition by team_id, experience_level
            order by priority_rank, account_key
        ) as account_number

    from accounts

),

{# The reps who may take them, a row a slot: whoever has least work comes first. #}
turns as (

    select
        asked.team_id,
        asked.experience_level,
        rep_open_slots.rep_id,
        row_number() over (
            partition by asked.team_id, asked.experience_level
            order by
                case when rep_open_slots.open_slots > 0 then 0 else 1 end,
                rep_open_slots.slots_used + numbers.number,
                {{ hash_fraction("rep_open_slots.rep_id || '|' || cast(numbers.number as string)") }},
                rep_open_slots.rep_id
        ) as turn,
        count(*) over (partition by asked.team_id, asked.experience_level) as turns

    from (select distinct team_id, experience_level from accounts) as asked

    inner join rep_open_slots
        on
            asked.team_id = rep_open_slots.team_id
            and asked.experience_level <= rep_open_slots.experience_level

    inner join numbers
        on numbers.number <= greatest(rep_open_slots.open_slots, 1)

),

picked as (

    select
        numbered_accounts.account_key,
        numbered_accounts.team_id,
        turns.rep_id

    from numbered_accounts

    inner join turns
        on
            numbered_accounts.team_id = turns.team_id
            and numbered_accounts.experience_level = turns.experience_level
            and (numbered_accounts.account_number - 1) % turns.turns + 1 = turns.turn

),

final as (

    select
        waiting.lead_key,
        picked.team_id,
        picked.rep_id as owner_id,
        case when waiting.is_customer_account then 'customer_account' else 'same_account' end
            as preference

    from waiting

    inner join picked
        on waiting.account_key = picked.account_key

)

select * from final
