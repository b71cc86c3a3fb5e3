{{ config(tags=['what_if']) }}

{% set z = 1.96 %}

with

rule_cycles as (

    select * from {{ ref('int_rule_cycles') }}

),

{# The latest version speaks for the rule. #}
rules as (

    {{ first_rows(
        ref('points_rules_in_force'), by='rule_id', order_by='valid_from desc'
    ) }}

),

all_cycles as (

    select
        count(*) as cycles,
        coalesce(sum(case when is_won then 1 else 0 end), 0) as won

    from (
        select distinct
            lead_key,
            cycle_number,
            is_won

        from rule_cycles
    ) as distinct_cycles

),

{# How many rules a cycle earned: a rule that is alone in it is not told by others. #}
rule_counts as (

    select
        lead_key,
        cycle_number,
        count(rule_id) as rules

    from rule_cycles

    group by lead_key, cycle_number

),

supports as (

    select
        rule_cycles.rule_id,
        count(*) as cycles,
        sum(rule_cycles.awards) as awards,
        sum(case when rule_cycles.is_won then 1 else 0 end) as won,
        sum(case when rule_counts.rules = 1 then 1 else 0 end) as cycles_alone

    from rule_cycles

    inner join rule_counts
        on
            rule_cycles.lead_key = rule_counts.lead_key
            and rule_cycles.cycle_number = rule_counts.cycle_number

    where rule_cycles.rule_id is not null

    group by rule_cycles.rule_id

),

nearest as (

    {{ first_rows(
        ref('rule_overlap'), by='rule_id', order_by='similarity desc, other_rule_id'
    ) }}

),

counted as (

    select
        rules.rule_id,
        rules.description as rule_description,
        rules.dimension,
        rules.points,
        coalesce(supports.awards, 0) as awards,
        coalesce(supports.cycles, 0) as cycles_with,
        coalesce(supports.won, 0) as won_with,
        all_cycles.cycles - coalesce(supports.cycles, 0) as cycles_without,
        all_cycles.won - coalesce(supports.won, 0) as won_without,
        supports.cycles_alone

    from rules

    cross join all_cycles

    left join supports
        on rules.rule_id = supports.rule_id

),

rated as (

    select
        *,
        cast(won_with as double) / nullif(cycles_with, 0) as close_rate_with,
        cast(won_without as double) / nullif(cycles_without, 0) as close_rate_without

    from counted

),

{# Ratio of two shares, with the interval of its logarithm. Katz, D. et al. (1978),
   Biometrics 34, 469-474. #}
lifted as (

    select
        *,
        close_rate_with / nullif(close_rate_without, 0) as lift,
        case
            when won_with > 0 and won_without > 0
                then sqrt(
                    1 / cast(won_with as double) - 1 / cast(cycles_with as double)
                    + 1 / cast(won_without as double)
                    - 1 / cast(cycles_without as double)
                )
        end as log_lift_error

    from rated

),

final as (

    select
        lifted.rule_id,
        lifted.rule_description,
        lifted.dimension,
        lifted.points,
        cast(lifted.awards as bigint) as awards,
        cast(lifted.cycles_with as bigint) as cycles_with,
        cast(lifted.won_with as bigint) as won_with,
        round(lifted.close_rate_with, 9) as close_rate_with,
        round({{ wilson_bound('lifted.won_with', 'lifted.cycles_with', 'low') }}, 9)
            as close_rate_with_low,
        round({{ wilson_bound('lifted.won_with', 'lifted.cycles_with', 'high') }}, 9)
            as close_rate_with_high,
        cast(lifted.cycles_without as bigint) as cycles_without,
        cast(lifted.won_without as bigint) as won_without,
        round(lifted.close_rate_without, 9) as close_rate_without,
        round(lifted.lift, 9) as lift,
        round(exp(ln(nullif(lifted.lift, 0)) - {{ z }} * lifted.log_lift_error), 9)
            as lift_low,
        round(exp(ln(nullif(lifted.lift, 0)) + {{ z }} * lifted.log_lift_error), 9)
            as lift_high,
        nearest.other_rule_id as nearest_rule_id,
        nearest.share_of_rule as nearest_rule_share,
        nearest.similarity as nearest_rule_similarity,
        round(
            cast(lifted.cycles_alone as double) / nullif(lifted.cycles_with, 0), 9
        ) as share_alone

    from lifted

    left join nearest
        on lifted.rule_id = nearest.rule_id

)

select * from final
order by rule_id
