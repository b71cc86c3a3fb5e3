{{ config(
    materialized=lead_materialization(),
    incremental_strategy='rebuild_whole',
    unique_key='lead_key'
) }}

with

rules as (

    select
        rule_id,
        valid_from,
        description

    from {{ ref('points_rules_in_force') }}

),

ledger as (

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
        ledger.lead_version as entries_version

    from {{ ref('points_ledger') }} as ledger

    left join rules
        on
            ledger.rule_id = rules.rule_id
            and ledger.rule_valid_from = rules.valid_from

),

{{ touched_leads([
    {'relation': 'ledger', 'columns': ['entries_version', 'rule_description']},
    {'relation': ref('int_points_running'), 'columns': ['lead_version']},
]) }},

entries as (

    select
        ledger.*,
        touched_leads.lead_version

    from ledger

    inner join touched_leads
        on ledger.lead_key = touched_leads.lead_key

),

balances as (

    select
        running.ledger_entry_key,
        running.lead_key,
        running.points_behavior as balance

    from {{ ref('int_points_running') }} as running

    inner join touched_leads
        on running.lead_key = touched_leads.lead_key

    union all

    select
        ledger_entry_key,
        lead_key,
        sum(points) over (
            partition by lead_key
            order by occurred_at, ledger_entry_key
            rows between unbounded preceding and current row
        ) as balance

    from entries

    where dimension = 'fit'

),

final as (

    select
        entries.ledger_entry_key,
        entries.lead_key,
        entries.cycle_number,
        entries.occurred_at,
        entries.known_at,
        entries.event_key,
        entries.rule_id,
        entries.rule_valid_from,
        entries.rule_description,
        entries.dimension,
        entries.entry_type,
        entries.points,
        entries.half_life_days,
        entries.blocks_mql,
        balances.balance,
        entries.lead_version

    from entries

    left join balances
        on
            entries.lead_key = balances.lead_key
            and entries.ledger_entry_key = balances.ledger_entry_key

)

{{ rebuilt_rows(order_by='lead_key, occurred_at, ledger_entry_key') }}
