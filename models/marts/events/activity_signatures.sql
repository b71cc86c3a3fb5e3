{# One row per distinct kind of sales activity: type, direction and outcome. The seed's
   lines are matched here, once per kind. #}
with

activities as (

    select
        activity_type,
        direction,
        outcome,
        count(*) as activities

    from {{ ref('stg_raw__crm_activities') }}

    where coalesce(is_completed, true)

    group by activity_type, direction, outcome

),

kinds as (

    select
        {{ seed_text('activity_type') }} as activity_type,
        {{ seed_text('direction') }} as direction,
        {{ squeezed_word(seed_text('outcome')) }} as outcome,
        {{ seed_text('counts_as') }} as counts_as

    from {{ ref('activity_kinds') }}

),

keyed as (

    select
        {{ activity_signature_key('activities') }} as signature_key,
        activities.*,
        coalesce({{ squeezed_word('activities.outcome') }}, '') as outcome_word

    from activities

),

{# The most specific line of the seed wins: one that names the outcome, then the
   direction, then the type. #}
matched as (

    select
        keyed.signature_key,
        kinds.counts_as,
        row_number() over (
            partition by keyed.signature_key
            order by
                case when kinds.outcome = '' then 1 else 0 end,
                case when kinds.direction = '' then 1 else 0 end,
                case when kinds.activity_type = '' then 1 else 0 end,
                kinds.counts_as
        ) as preference_rank

    from keyed

    inner join kinds
        on
            kinds.activity_type in ('', keyed.activity_type)
            and kinds.direction in ('', coalesce(keyed.direction, 'outbound'))
            and kinds.outcome in ('', keyed.outcome_word)

),

final as (

    select
        keyed.signature_key,
        keyed.activity_type,
        keyed.direction,
        keyed.outcome,
        keyed.activities,
        matched.counts_as

    from keyed

    left join matched
        on
            keyed.signature_key = matched.signature_key
            and matched.preference_rank = 1

)

select * from final
