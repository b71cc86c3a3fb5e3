{#- Where a handoff came from and when it arrived, as columns that handoffs are cut by.
    handoffs, leads  relations in scope: rows of fct_handoffs and of dim_leads -#}
{% macro handoff_cuts(handoffs, leads) -%}
    coalesce({{ leads }}.channel, lower({{ leads }}.lead_source), '(null)') as channel,
    {{ leads }}.segment,
    {{ lead_funnel.reporting_time(handoffs ~ '.handoff_at') }} as arrived_at,
    cast(extract(hour from {{ lead_funnel.reporting_time(handoffs ~ '.handoff_at') }}) as int)
        as arrival_hour,
    cast(extract(
        hour from {{ lead_funnel.local_time(handoffs ~ '.handoff_at', handoffs ~ '.time_zone') }}
    ) as int) as team_arrival_hour
{%- endmacro %}
