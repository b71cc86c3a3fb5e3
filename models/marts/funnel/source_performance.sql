with

clock as (

    select * from {{ ref('int_clock') }}

),

leads as (

    select * from {{ ref('dim_leads') }}
    where inquiry_at is not null

),

won_deals as (

    select
        signals.lead_key,
        sum(opportunities.amount) as won_amount

    from (
        select distinct
            lead_key,
            source_id

        from {{ ref('int_crm_stage_signals') }}

        where signal_source = 'opportunity' and stage = 'closed_won'
    ) as signals

    inner join {{ ref('stg_raw__crm_opportunities') }} as opportunities
        on signals.source_id = opportunities.opportunity_id

    group by signals.lead_key

),

wins as (

    select
        entries.lead_key,
        min(entries.entered_at) as won_at,
        max(won_deals.won_amount) as won_amount

    from {{ ref('int_stage_entries') }} as entries

    left join won_deals
        on entries.lead_key = won_deals.lead_key

    where entries.stage = 'closed_won'

    group by entries.lead_key

),

judged as (

    select
        coalesce(leads.lead_source, '(null)') as lead_source,
        wins.won_at,
        wins.won_amount,
        {{ days_between('leads.inquiry_at', 'wins.won_at') }} as days_to_win,
        {{ add_days('leads.inquiry_at', var('label_horizon_days')) }}
            <= clock.as_of as is_mature,
        wins.won_at <= {{ add_days('leads.inquiry_at', var('label_horizon_days')) }}
            as is_won_in_horizon

    from leads

    cross join clock

    left join wins
        on leads.lead_key = wins.lead_key

),

counted as (

    select
        lead_source,
        count(*) as leads,
        count(won_at) as won,
        sum(won_amount) as won_amount,
        avg(days_to_win) as average_days_to_win,
        sum(case when is_mature then 1 else 0 end) as mature_leads,
        sum(case when is_mature and is_won_in_horizon then 1 else 0 end)
            as mature_won_in_horizon

    from judged

    group by lead_source

),

final as (

    select
        lead_source,
        cast(leads as bigint) as leads,
        cast(won as bigint) as won,
        cast(won_amount as double) as won_amount,
        average_days_to_win,
        cast(mature_leads as bigint) as mature_leads,
        cast(mature_won_in_horizon as bigint) as mature_won_in_horizon,
        cast(mature_won_in_horizon as double) / nullif(mature_leads, 0) as close_rate,
        {{ wilson_bound('mature_won_in_horizon', 'mature_leads', 'low') }}
            as close_rate_low,
        {{ wilson_bound('mature_won_in_horizon', 'mature_leads', 'high') }}
            as close_rate_high

    from counted

)

select * from final
order by lead_source
