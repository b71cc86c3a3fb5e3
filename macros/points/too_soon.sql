{#- Events that come too soon after the last that a rule paid for: adds the CTEs resting, counting_moments
    and too_soon (ledger_entry_key). Only rules with a cool-down are put in order here: most have none.
    matched  relation in scope: events with the rules that may pay for them -#}
{% macro too_soon(matched) -%}
resting as (

    select
        ledger_entry_key,
        lead_key,
        cycle_number,
        rule_id,
        valid_from,
        occurred_at,
        row_number() over (
            partition by lead_key, cycle_number, rule_id, valid_from, occurred_at
            order by ledger_entry_key
        ) as tie_number

    from {{ matched }}

    where cool_down_days > 0

),

counting_moments as (

    select
        lead_key,
        cycle_number,
        rule_id,
        valid_from,
        {{ rested_moments('occurred_at', 'cool_down_days') }} as moments

    from {{ matched }}

    where cool_down_days > 0

    group by lead_key, cycle_number, rule_id, valid_from, cool_down_days

),

too_soon as (

    select resting.ledger_entry_key

    from resting

    inner join counting_moments
        on
            resting.lead_key = counting_moments.lead_key
            and resting.cycle_number = counting_moments.cycle_number
            and resting.rule_id = counting_moments.rule_id
            and resting.valid_from = counting_moments.valid_from

    where
        resting.tie_number > 1
        or not {{ is_among('resting.occurred_at', 'counting_moments.moments') }}

)
{%- endmacro %}
