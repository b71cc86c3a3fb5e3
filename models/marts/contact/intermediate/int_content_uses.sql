{# What came of each first use of a piece of content: who the lead was and where
   it stood then, and whether it moved on within the window. Only uses that are
   at least the window old can tell. #}
{% set window_days = var('content_window_days') %}

with

clock as (

    select * from {{ ref('clock') }}

),

consumption as (

    select * from {{ ref('int_content_consumption') }}

),

profiles as (

    select * from {{ ref('lead_profiles') }}

),

transitions as (

    select * from {{ ref('fct_stage_transitions') }}

),

{# Coming back to where everybody starts is no advance; coming back further is. #}
advances as (

    select
        lead_key,
        entered_at,
        {# Points are given for the use itself. #}
        case when coalesce(signal_source, '') = 'points' then 0 else 1 end as is_by_somebody

    from transitions

    where
        kind in ('forward', 'skip')
        or (kind = 'reopen' and stage <> 'inquiry')

),

followed as (

    select
        consumption.lead_key,
        consumption.content_id,
        consumption.first_consumed_at,
        max(case when advances.lead_key is null then 0 else 1 end) as has_advanced,
        max(coalesce(advances.is_by_somebody, 0)) as was_advanced,
        least(
            row_number() over (
                partition by consumption.lead_key
                order by consumption.first_consumed_at, consumption.content_id
            ) - 1,
            2
        ) as uses_before

    from consumption

    left join advances
        on
            consumption.lead_key = advances.lead_key
            and advances.entered_at > consumption.first_consumed_at
            and {{ is_in_horizon('advances.entered_at', 'consumption.first_consumed_at', window_days) }}

    group by
        consumption.lead_key,
        consumption.content_id,
        consumption.first_consumed_at

),

stays as (

    select
        lead_key,
        stage,
        entered_at,
        lead(entered_at) over (
            partition by lead_key
            order by entered_at, cycle_number, entry_number
        ) as stayed_until

    from transitions

),

first_wins as (

    select
        lead_key,
        min(won_at) as won_at

    from {{ ref('lead_wins') }}

    group by lead_key

),

final as (

    select
        followed.lead_key,
        followed.content_id,
        coalesce(profiles.persona, 'unknown') as persona,
        {{ nurture_stage('stays.stage', 'first_wins.won_at <= followed.first_consumed_at') }}
            as stage,
        followed.first_consumed_at,
        {{ is_mature('followed.first_consumed_at', 'clock.as_of', window_days) }} as is_mature,
        followed.has_advanced = 1 as has_advanced,
        followed.was_advanced = 1 as was_advanced,
        cast(followed.uses_before as int) as uses_before

    from followed

    cross join clock

    left join profiles
        on followed.lead_key = profiles.lead_key

    left join first_wins
        on followed.lead_key = first_wins.lead_key

    left join stays
        on
            followed.lead_key = stays.lead_key
            and followed.first_consumed_at >= stays.entered_at
            and (followed.first_consumed_at < stays.stayed_until or stays.stayed_until is null)

)

select * from final
