with

ledger as (

    select * from {{ ref('int_points_ledger') }}

),

rules as (

    select distinct
        rule_id,
        first_value(description) over (
            partition by rule_id
            order by valid_from desc, description
        ) as rule_description

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
        rules.rule_description,
        ledger.dimension,
        ledger.entry_type,
        ledger.points,
        ledger.half_life_days

    from ledger

    inner join rules
        on ledger.rule_id = rules.rule_id

)

select * from final
order by lead_key, occurred_at, ledger_entry_key
