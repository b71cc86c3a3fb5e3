{# The points a lead had when it was handed over: what was awarded in the cycle
   until then, faded to that moment, and the fit known by then. #}
with

entries as (

    select
        stage_transition_key as handoff_key,
        lead_key,
        cycle_number,
        entered_at as handoff_at

    from {{ ref('stage_entries') }}

    where stage = 'mql'

),

ledger as (

    select * from {{ ref('points_ledger') }}
    where dimension = 'behavior'

),

fit_awards as (

    select * from {{ ref('fit_awards') }}

),

behavior as (

    select
        entries.handoff_key,
        sum({{ decayed('ledger.points', 'ledger.half_life_days', 'ledger.occurred_at', 'entries.handoff_at') }})
            as points

    from entries

    inner join ledger
        on
            entries.lead_key = ledger.lead_key
            and entries.cycle_number = ledger.cycle_number
            and ledger.occurred_at <= entries.handoff_at

    group by entries.handoff_key

),

fit as (

    select
        entries.handoff_key,
        sum(fit_awards.points) as points

    from entries

    inner join fit_awards
        on
            entries.lead_key = fit_awards.lead_key
            and fit_awards.known_at <= entries.handoff_at

    group by entries.handoff_key

),

final as (

    select
        entries.handoff_key,
        round(coalesce(behavior.points, cast(0 as double)), 6) as points_behavior,
        round(coalesce(fit.points, cast(0 as double)), 6) as points_fit,
        round(
            coalesce(behavior.points, cast(0 as double))
            + coalesce(fit.points, cast(0 as double)),
            6
        ) as points_at_handoff

    from entries

    left join behavior
        on entries.handoff_key = behavior.handoff_key

    left join fit
        on entries.handoff_key = fit.handoff_key

)

select * from final
