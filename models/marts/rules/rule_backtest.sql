{{ config(tags=['what_if']) }}

{# What points alone would have done with each cycle, under the rules
   in force and under those tried. A crossing after sales took the lead over, or after
   the cycle ended, hands nothing over. #}
{% set crossings = ref('points_crossings') %}

with

cycles as (

    select
        *,
        least(
            coalesce(sql_at, timestamp '9999-12-31 00:00:00'),
            coalesce(ended_at, timestamp '9999-12-31 00:00:00')
        ) as of_use_until

    from {{ ref('fct_lead_cycles') }}

),

wins as (

    select * from {{ ref('lead_wins') }}

),

crossed as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cycles.started_at,
        cycles.outcome,
        wins.won_at,
        {%- for rule_set in ['published', 'tried'] %}
        case
            when {{ rule_set }}.occurred_at < cycles.of_use_until
                then {{ rule_set }}.occurred_at
        end as {{ rule_set }}_handoff_at,
        case
            when {{ rule_set }}.occurred_at < cycles.of_use_until
                then {{ rule_set }}.grid_cell
        end as {{ rule_set }}_grid_cell,
        {%- endfor %}
        wins.converted_amount as won_amount

    from cycles

    left join {{ published(crossings, 'intermediate') }} as published
        on
            cycles.lead_key = published.lead_key
            and cycles.cycle_number = published.cycle_number

    left join {{ crossings }} as tried
        on
            cycles.lead_key = tried.lead_key
            and cycles.cycle_number = tried.cycle_number

    left join wins
        on
            cycles.lead_key = wins.lead_key
            and cycles.cycle_number = wins.cycle_number

),

final as (

    select
        lead_key,
        cycle_number,
        started_at,
        published_handoff_at,
        tried_handoff_at,
        published_grid_cell,
        tried_grid_cell,
        case
            when published_handoff_at is not null and tried_handoff_at is not null
                then 'both'
            when tried_handoff_at is not null then 'gained'
            when published_handoff_at is not null then 'missed'
            else 'neither'
        end as handed_over_by,
        {{ days_between('tried_handoff_at', 'published_handoff_at') }} as days_earlier,
        outcome,
        won_at,
        won_amount

    from crossed

    where
        published_handoff_at is not null
        or tried_handoff_at is not null
        or won_at is not null

)

select * from final
order by lead_key, cycle_number
