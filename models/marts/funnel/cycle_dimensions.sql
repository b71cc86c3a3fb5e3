{# Everything the funnel is cut by, once per cycle. A missing value is (null), so
   that it never hides among real ones. #}
with

cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

final as (

    select
        cycles.lead_key,
        cycles.cycle_number,
        cast(date_trunc('month', {{ reporting_time('cycles.started_at') }}) as date)
            as cohort_month,
        cycles.origin,
        coalesce(leads.channel, '(null)') as channel,
        coalesce(leads.lead_source, '(null)') as lead_source,
        coalesce(leads.first_campaign_id, '(null)') as campaign_id,
        coalesce(leads.persona, '(null)') as persona,
        coalesce(leads.segment, '(null)') as segment,
        coalesce(handoffs.team_id, '(null)') as team_id

    from cycles

    inner join leads
        on cycles.lead_key = leads.lead_key

    left join handoffs
        on
            cycles.lead_key = handoffs.lead_key
            and cycles.cycle_number = handoffs.cycle_number

)

select * from final
order by lead_key, cycle_number
