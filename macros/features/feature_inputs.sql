{#- What features look back at without end: when the lead last did anything, and what kind
    of visitor it is. -#}
{% macro is_lasting_event(events) -%}
    ({{ events }}.is_engagement or {{ events }}.event_type = 'careers_viewed')
{%- endmacro %}

{#- From when to when the features of leads look, by lead.
    spine  the CTE with lead_key and as_of -#}
{% macro feature_reaches(spine) -%}
    select
        lead_key,
        min(as_of) as first_as_of,
        max(as_of) as last_as_of

    from {{ spine }}

    group by lead_key
{%- endmacro %}

{#- The rows of points that the features of leads can read, and nothing else, so that a model
    can tell whether any of them is another than it was.
    reaches  the CTE made by feature_reaches -#}
{% macro behavior_points(reaches, points_ledger) -%}
    select
        ledger.ledger_entry_key as entry_key,
        ledger.lead_key,
        'behavior' as dimension,
        ledger.cycle_number,
        ledger.occurred_at,
        greatest(ledger.known_at, ledger.occurred_at) as counts_from,
        ledger.points,
        ledger.half_life_days

    from {{ reaches }} as reaches

    inner join {{ points_ledger }} as ledger
        on
            reaches.lead_key = ledger.lead_key
            and reaches.last_as_of >= ledger.known_at
            and reaches.last_as_of >= ledger.occurred_at

    where ledger.dimension = 'behavior' and ledger.points != 0
{%- endmacro %}

{# Fit belongs to the person, not to a cycle. #}
{% macro fit_points(reaches, fit_awards) -%}
    select
        fit_awards.entry_key,
        fit_awards.lead_key,
        'fit' as dimension,
        cast(null as int) as cycle_number,
        fit_awards.known_at as occurred_at,
        fit_awards.known_at as counts_from,
        fit_awards.points,
        cast(0 as double) as half_life_days

    from {{ reaches }} as reaches

    inner join {{ fit_awards }} as fit_awards
        on
            reaches.lead_key = fit_awards.lead_key
            and reaches.last_as_of >= fit_awards.known_at
{%- endmacro %}

{#- What the features of leads are made from: adds the CTEs reaches, feature_events and
    feature_points.

    spine  the CTE with lead_key, as_of and cycle_number
    lead_events, points_ledger, fit_awards  relations of those models' rows -#}
{% macro feature_inputs(spine, lead_events, points_ledger, fit_awards) -%}
reaches as (

    {{ lead_funnel.feature_reaches(spine) }}

),

feature_events as (

    select
        events.event_key,
        events.lead_key,
        events.occurred_at,
        events.event_type,
        events.source,
        events.is_engagement,
        case
            when events.is_engagement then nullif(events.topic, '')
        end as topic,
        {{ lead_funnel.used_content_id('events') }} as content_id,
        greatest(events.known_at, events.occurred_at) as counts_from,
        {{ add_days('events.occurred_at', 90) }} as counts_until

    from reaches

    inner join {{ lead_events }} as events
        on
            reaches.lead_key = events.lead_key
            and reaches.last_as_of >= events.known_at
            and reaches.last_as_of >= events.occurred_at
            and (
                reaches.first_as_of < {{ add_days('events.occurred_at', 90) }}
                or {{ lead_funnel.is_lasting_event('events') }}
            )

),

feature_points as (

    {{ lead_funnel.behavior_points('reaches', points_ledger) }}

    union all

    {{ lead_funnel.fit_points('reaches', fit_awards) }}

)
{%- endmacro %}
