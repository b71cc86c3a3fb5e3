{{ config(tags=['what_if']) }}

{# One row per pair of rules that were awarded in one cycle, both ways round. #}
with

awarded as (

    select * from {{ ref('int_rule_cycles') }}
    where rule_id is not null

),

supports as (

    select
        rule_id,
        count(*) as cycles

    from awarded

    group by rule_id

),

pairs as (

    select
        awarded.rule_id,
        others.rule_id as other_rule_id,
        count(*) as cycles_both

    from awarded

    inner join awarded as others
        on
            awarded.lead_key = others.lead_key
            and awarded.cycle_number = others.cycle_number
            and awarded.rule_id != others.rule_id

    group by awarded.rule_id, others.rule_id

),

final as (

    select
        pairs.rule_id,
        pairs.other_rule_id,
        cast(pairs.cycles_both as bigint) as cycles_both,
        round(cast(pairs.cycles_both as double) / supports.cycles, 9) as share_of_rule,
        round(
            cast(pairs.cycles_both as double)
            / (supports.cycles + other_supports.cycles - pairs.cycles_both),
            9
        ) as similarity

    from pairs

    inner join supports
        on pairs.rule_id = supports.rule_id

    inner join supports as other_supports
        on pairs.other_rule_id = other_supports.rule_id

)

select * from final
order by rule_id, other_rule_id
