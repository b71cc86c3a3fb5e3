{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

with

{# Of each lead, the words of the rules in its ledger. #}
descriptions as (

    select distinct
        ledger.lead_key,
        ledger.rule_id,
        ledger.rule_valid_from,
        rules.description

    from {{ ref('points_ledger') }} as ledger

    inner join {{ ref('points_rules_in_force') }} as rules
        on
            ledger.rule_id = rules.rule_id
            and ledger.rule_valid_from = rules.valid_from

),

{% call by_lead(
    inputs={
        'ledger': ref('points_ledger'),
        'rules': 'descriptions',
        'running': ref('int_points_running'),
    },
    order_by='lead_key, occurred_at, ledger_entry_key'
) %}

balances as (

    select
        running.ledger_entry_key,
        running.lead_key,
        running.points_behavior as balance

    from running

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

    left join rules
        on
            ledger.lead_key = rules.lead_key
            and ledger.rule_id = rules.rule_id
            and ledger.rule_valid_from = rules.rule_valid_from

    left join balances
        on
            ledger.lead_key = balances.lead_key
            and ledger.ledger_entry_key = balances.ledger_entry_key

)

{% endcall %}
