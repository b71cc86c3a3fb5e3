{# One row per cycle in which a lead was won, with the deal that won it. #}
with

entries as (

    select * from {{ ref('stage_entries') }}
    where stage = 'closed_won'

),

outcomes as (

    select * from {{ ref('opportunity_outcomes') }}

),

final as (

    select
        entries.lead_key,
        entries.cycle_number,
        entries.entered_at as won_at,
        outcomes.opportunity_id,
        outcomes.converted_amount,
        outcomes.reporting_currency_code

    from entries

    left join outcomes
        on entries.source_id = outcomes.opportunity_id

)

select * from final
