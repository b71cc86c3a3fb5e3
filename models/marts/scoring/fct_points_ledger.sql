with

ledger as (

    select * from {{ ref('int_points_ledger') }}

),

balances as (

    select
        ledger_entry_key,
        lead_key,
        points_behavior as balance

    from {{ ref('int_points_running') }}

    union all

    select
        ledger_entry_key,
        lead_key,
        sum(points) over (
            partition by lead_key
            order by occurred_at, ledger_entry_key
            rows between unbounded preceding and current row
        ) as balance

    from ledger

    where dimension = 'fit'

),

rules as (

    select
        rule_id,
        valid_from,
        description

    from {{ ref('int_points_rules') }}

),

final as (

    select
        ledger.ledger_entry_key,
        ledger.lead_key,
        ledger.cycle_number,
        ledger.occurred_at,
        ledger.known_at,
        ledger.event_key,
        ledger.rule_id,
        ledger.rule_valid_from,
        case
            when ledger.dimension = 'identity'
                then 'Turned out to be one person with a record known before'
            else rules.description
        end as rule_description,
        ledger.dimension,
        ledger.entry_type,
        ledger.points,
        ledger.half_life_days,
        ledger.blocks_mql,
        balances.balance

    from ledger

    left join balances
        on
            ledger.lead_key = balances.lead_key
            and ledger.ledger_entry_key = balances.ledger_entry_key

    left join rules
        on
            ledger.rule_id = rules.rule_id
            and ledger.rule_valid_from = rules.valid_from

)

select * from final
order by lead_key, occurred_at, ledger_entry_key
