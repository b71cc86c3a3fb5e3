{# The verdict of the night on the champion. It changes nothing by itself: what takes
   over is decided by the gate of the next training. #}
with

drift as (

    select * from {{ ref('model_drift') }}

),

champion as (

    select * from {{ ref('int_champion') }}

),

clock as (

    select * from {{ ref('clock') }}

),

outcomes as (

    select
        count(distinct lead_key) as fresh_leads,
        count(distinct case when won = 1 then lead_key end) as fresh_wins

    from {{ ref('int_champion_outcomes') }}

),

{# Only the latest month that says anything: earlier ones were there for the verdicts
   before. #}
latest_month as (

    select max(name) as name

    from drift

    where
        aspect = 'calibration'
        and value is not null

),

signs as (

    select
        count(case when drift.aspect = 'score' then drift.name end) as watched,
        max(case when drift.aspect = 'order' and drift.is_moved then 1 else 0 end)
            as orders_no_better,
        max(case when drift.aspect = 'base_rate' and drift.is_moved then 1 else 0 end)
            as base_rate_moved,
        max(case when drift.aspect = 'score' and drift.is_moved then 1 else 0 end)
            as score_moved,
        max(case
            when
                drift.aspect = 'calibration'
                and drift.name = latest_month.name
                and drift.is_moved
                then 1
            else 0
        end) as month_is_off,
        max(latest_month.name) as latest_month,
        sum(case when drift.aspect = 'feature' and drift.is_moved then 1 else 0 end)
            as features_moved,
        max(case
            when
                drift.aspect = 'score'
                and round(drift.value, 9) >= {{ var('drift_stable') }}
                then 1
            else 0
        end) as score_unstable,
        max(case
            when drift.aspect in ('order', 'base_rate') and drift.value is not null
                then 1
            else 0
        end) as outcomes_speak

    from drift

    cross join latest_month

),

judged as (

    select
        signs.*,
        case
            when signs.orders_no_better = 1 then 'points'
            when
                signs.base_rate_moved + signs.score_moved + signs.month_is_off > 0
                then 'refit'
            else 'keep'
        end as verdict

    from signs

    where signs.watched > 0

),

final as (

    select
        champion.model_version,
        clock.as_of,
        champion.as_of as trained_as_of,
        judged.verdict,
        case
            when judged.verdict = 'points'
                then 'the model orders leads no better than what there is without it'
            when judged.verdict = 'refit'
                then
                    case when judged.base_rate_moved = 1 then 'the base rate moved' else '' end
                    || case
                        when judged.base_rate_moved = 1 and judged.score_moved + judged.month_is_off > 0
                            then ' and '
                        else ''
                    end
                    || case
                        when judged.score_moved = 1 then 'the scores are spread differently'
                        else ''
                    end
                    || case
                        when judged.score_moved = 1 and judged.month_is_off = 1 then ' and '
                        else ''
                    end
                    || case
                        when judged.month_is_off = 1
                            then 'the probabilities of ' || judged.latest_month || ' were off'
                        else ''
                    end
            when judged.outcomes_speak = 0 and judged.features_moved + judged.score_unstable > 0
                then 'leads look different, and too few outcomes are known since training to judge by'
            when judged.outcomes_speak = 0
                then 'leads look as in training; too few outcomes are known since then to judge by'
            when judged.features_moved + judged.score_unstable > 0
                then 'leads look different, and the model still holds'
            else 'nothing moved much'
        end as reason,
        cast(judged.features_moved as bigint) as features_moved,
        outcomes.fresh_leads,
        outcomes.fresh_wins,
        case judged.verdict
            when 'keep' then 'routing goes on by the model'
            when 'refit'
                then 'routing goes on by the model, whose scores are to be read as an order; lead-ml train fits it anew'
            else 'routing goes on by the model until lead-ml train finds a better one or lead-ml rollback takes it out of charge'
        end as consequence

    from judged

    cross join champion

    cross join clock

    cross join outcomes

)

select * from final
