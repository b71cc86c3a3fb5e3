{# One row per cycle and dimension that the funnel is cut by: cohort month,
   source, channel, campaign, persona, segment and team, and all cycles
   together. A missing value is (null), so that it never hides among real ones. #}
{% set dimensions = {
    'month': "cast(cast(date_trunc('month', cycles.started_at) as date) as string)",
    'lead_source': 'leads.lead_source',
    'channel': 'leads.channel',
    'campaign': 'leads.first_campaign_id',
    'persona': 'leads.persona',
    'segment': 'leads.segment',
    'team': 'handoffs.team_id',
} %}

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
        lead_key,
        cycle_number,
        'all' as dimension,
        'all' as dimension_value

    from cycles

    {% for dimension, value in dimensions.items() %}
    union all

    select
        cycles.lead_key,
        cycles.cycle_number,
        '{{ dimension }}' as dimension,
        coalesce({{ value }}, '(null)') as dimension_value

    from cycles

    inner join leads
        on cycles.lead_key = leads.lead_key

    left join handoffs
        on
            cycles.lead_key = handoffs.lead_key
            and cycles.cycle_number = handoffs.cycle_number

    {% endfor %}

)

select * from final
