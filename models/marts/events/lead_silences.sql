{# One row per long silence: a lead that engaged and then did not for the
   silence's days. It is an event of its own, dated when the silence became
   long, known at that moment. #}
with

clock as (

    select * from {{ ref('clock') }}

),

engagements as (

    select
        event_key,
        lead_key,
        occurred_at,
        lead(occurred_at) over (
            partition by lead_key
            order by occurred_at, event_key
        ) as next_occurred_at

    from {{ ref('lead_events') }}

    where is_engagement

),

silences as (

    select
        event_key,
        lead_key,
        next_occurred_at,
        {{ add_days('occurred_at', var('silence_after_days')) }} as silent_at

    from engagements

),

final as (

    select
        {{ key(["'silence:' || cast(silences.event_key as string)"]) }} as event_key,
        silences.lead_key,
        silences.silent_at as occurred_at

    from silences

    cross join clock

    where
        silences.silent_at < coalesce(
            silences.next_occurred_at, timestamp '9999-12-31 00:00:00'
        )
        and silences.silent_at <= clock.as_of

)

select * from final
