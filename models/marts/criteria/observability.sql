{# Since when what a source holds can be seen: before that day, and where a source never
   held any, nothing there is not the same as none. #}
{% set capabilities = {
    'activities': ('crm_activities', 'occurred_at', 'true'),
    'durations': ('crm_activities', 'occurred_at', 'duration_minutes is not null'),
    'status_history': ('crm_lead_history', 'changed_at', "lower(field_name) = 'status'"),
    'opportunities': (
        'crm_opportunities', 'coalesce(created_at, closed_at, updated_at)', 'true',
    ),
    'amounts': (
        'crm_opportunities', 'coalesce(created_at, closed_at, updated_at)', 'amount is not null',
    ),
    'consent': (
        'crm_leads',
        'created_at',
        'coalesce(has_opted_out, has_opted_out_of_email, do_not_call, consent_marketing)'
        ~ ' is not null',
    ),
    'costs': ('campaign_costs', 'cast(cost_date as timestamp)', 'amount is not null'),
} %}

with

seen as (

    {% for capability, (table, moment, condition) in capabilities.items() %}
    select
        coalesce(source, '') as source,
        '{{ capability }}' as capability,
        cast(date_trunc('day', min(case when {{ condition }} then {{ moment }} end)) as timestamp)
            as observable_from

    from {{ ref('stg_raw__' ~ table) }}

    group by 1

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

sources as (

    select distinct source from seen

),

capabilities as (

    {% for capability in capabilities %}
    select '{{ capability }}' as capability
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        sources.source,
        capabilities.capability,
        seen.observable_from

    from sources

    cross join capabilities

    left join seen
        on
            sources.source = seen.source
            and capabilities.capability = seen.capability

)

select * from final
order by source, capability
