{#- What features look back at without end: when the lead last did anything, and what kind
    of visitor it is. -#}
{% macro is_lasting_event(events) -%}
    ({{ events }}.is_engagement or {{ events }}.event_type = 'careers_viewed')
{%- endmacro %}

{#- What the features of leads are made from: nothing but the rows that the features
    of a lead at its moments can read, so that a model can tell whether any of them
    is another than it was. Adds the CTEs reaches, feature_events, feature_points and
    those of account_engagements.

    spine  the CTE with lead_key, as_of and cycle_number
    lead_events, points_ledger, fit_awards, lead_accounts  relations of those models' rows -#}
{% macro feature_inputs(spine, lead_events, points_ledger, fit_awards, lead_accounts) -%}
reaches as (

    select
        lead_key,
        min(as_of) as first_as_of,
        max(as_of) as last_as_of

    from {{ spine }}

    group by lead_key

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

{# Fit belongs to the person, not to a cycle. #}
feature_points as (

    select
        ledger.ledger_entry_key as entry_key,
        ledger.lead_key,
        'behavior' as dimension,
        ledger.cycle_number,
        ledger.occurred_at,
        greatest(ledger.known_at, ledger.occurred_at) as counts_from,
        ledger.points,
        ledger.half_life_days

    from reaches

    inner join {{ points_ledger }} as ledger
        on
            reaches.lead_key = ledger.lead_key
            and reaches.last_as_of >= ledger.known_at
            and reaches.last_as_of >= ledger.occurred_at

    where ledger.dimension = 'behavior' and ledger.points != 0

    union all

    select
        fit_awards.entry_key,
        fit_awards.lead_key,
        'fit' as dimension,
        cast(null as int) as cycle_number,
        fit_awards.known_at as occurred_at,
        fit_awards.known_at as counts_from,
        fit_awards.points,
        cast(0 as double) as half_life_days

    from reaches

    inner join {{ fit_awards }} as fit_awards
        on
            reaches.lead_key = fit_awards.lead_key
            and reaches.last_as_of >= fit_awards.known_at

),

{{ lead_funnel.account_engagements(lead_accounts, lead_events) }}
{%- endmacro %}
