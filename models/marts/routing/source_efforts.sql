{# How much of a rep's capacity a lead of each source takes: by the time that sales spent on
   those it worked where enough of them are over and timed, else as the seed says, else one slot. #}
with

leads as (

    select
        lead_key,
        lead_source,
        {{ compared_source('lead_source') }} as compared_source

    from {{ ref('dim_leads') }}

    where lead_source is not null

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

efforts as (

    select
        {{ compared_source(seed_text('lead_source')) }} as compared_source,
        max({{ seed_text('lead_source') }}) as lead_source,
        max(cast(slots as int)) as slots

    from {{ ref('lead_effort') }}

    group by 1

),

worked as (

    select
        leads.compared_source,
        cast(handoffs.sales_minutes as double) as sales_minutes

    from handoffs

    inner join leads
        on handoffs.lead_key = leads.lead_key

    where handoffs.sales_minutes is not null

),

{# An average lead takes one slot. #}
average as (

    select avg(sales_minutes) as minutes_per_handoff

    from worked

),

measured as (

    select
        compared_source,
        count(*) as handoffs_measured,
        count(nullif(sales_minutes, 0)) as handoffs_timed,
        sum(sales_minutes) as sales_minutes

    from worked

    group by compared_source

),

sources as (

    select
        compared_source,
        coalesce(max(of_leads), max(of_seed)) as lead_source

    from (
        select
            compared_source,
            lead_source as of_leads,
            cast(null as string) as of_seed

        from leads

        union all

        select
            compared_source,
            cast(null as string) as of_leads,
            lead_source as of_seed

        from efforts
    ) as named_sources

    group by compared_source

),

shrunk as (

    select
        sources.lead_source,
        efforts.slots as seed_slots,
        coalesce(measured.handoffs_measured, 0) as handoffs_measured,
        coalesce(measured.handoffs_timed, 0) as handoffs_timed,
        measured.sales_minutes / measured.handoffs_measured as minutes_per_handoff,
        coalesce(measured.handoffs_timed >= {{ var('effort_handoffs_needed') }}, false)
        and average.minutes_per_handoff > 0 as is_measured,
        {# Single leads take hours: means of few are drawn towards that of all. #}
        (
            measured.sales_minutes
            + {{ var('effort_handoffs_needed') }} * average.minutes_per_handoff
        )
        / (measured.handoffs_measured + {{ var('effort_handoffs_needed') }})
        / nullif(average.minutes_per_handoff, 0) as times_average

    from sources

    cross join average

    left join measured
        on sources.compared_source = measured.compared_source

    left join efforts
        on sources.compared_source = efforts.compared_source

),

final as (

    select
        lead_source,
        cast(case
            when is_measured then least(greatest(round(round(times_average, 9)), 1), 2)
            else coalesce(seed_slots, 1)
        end as int) as slots,
        case
            when is_measured then 'measured'
            when seed_slots is not null then 'seed'
        end as effort_from,
        handoffs_measured,
        handoffs_timed,
        round(minutes_per_handoff, 6) as minutes_per_handoff,
        round(times_average, 6) as times_average,
        seed_slots

    from shrunk

)

select * from final
order by lead_source
