{{ config(materialized='view') }}

{# points_ledger in the words of its rules. A view: the ledger is written once. #}
with

ledger as (

    select * from {{ ref('points_ledger') }}

),

rules as (

    select * from {{ ref('points_rules_in_force') }}

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
        ledger.balance,
        ledger.lead_version

    from ledger

    left join rules
        on
            ledger.rule_id = rules.rule_id
            and ledger.rule_valid_from = rules.valid_from

)

select * from final
