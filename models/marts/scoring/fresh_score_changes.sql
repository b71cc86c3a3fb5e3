{# One row per open lead: its points and probability now and in the last published run,
   and what made the difference. An account entry that was known then has only faded
   since. One that was not is new: it happened since, arrived late, or came with
   another record of the same person; what the first sync of another tool brought since is
   new as well, though it counts as known when it happened. What the ledger says today of that moment and did not
   say then is due to other rules, to other identifiers, or to corrections. #}
{% set event_tables = [
    'web_events', 'form_submissions', 'email_events', 'campaign_responses', 'crm_activities',
] %}
with

clock as (

    select * from {{ ref('clock') }}

),

scores as (

    select * from {{ ref('lead_scores') }}

),

previous as (

    {{ previous_scores(source('sync', 'published_scores'), ref('clock')) }}

),

rules_now as (

    select
        round(sum({{ hash_fraction(
            "rule_id || '|' || event_type || '|' || path_pattern || '|' || content_type || '|' || topic"
            ~ " || '|' || form_id || '|' || campaign_type || '|' || field || '|' || operator || '|' || value"
            ~ " || '|' || cast(points as string) || '|' || cast(max_awards as string) || '|' || cast(period_days as string)"
            ~ " || '|' || cast(cool_down_days as string) || '|' || cast(half_life_days as string)"
            ~ " || '|' || rule_group || '|' || cast(group_max_points_in_period as string)"
            ~ " || '|' || cast(group_period_days as string) || '|' || cast(group_max_points as string)"
            ~ " || '|' || cast(valid_from as string) || '|' || cast(valid_until as string)"
        ) }}), 9) as fingerprint

    from {{ ref('points_rules_in_force') }}

),

identities_now as (

    select
        lead_key,
        round(sum({{ hash_fraction('cast(identifier_key as string)') }}), 9) as fingerprint

    from {{ ref('identity_members') }}

    group by lead_key

),

spine as (

    select
        scores.lead_key,
        scores.as_of,
        previous.as_of as previous_as_of

    from scores

    left join previous
        on scores.lead_key = previous.lead_key

),

event_loads as (

    select
        event_key,
        lead_key,
        loaded_at

    from {{ ref('lead_events') }}

),

last_run as (

    select max(as_of) as as_of from previous

),

later_syncs as (

    select
        syncs.raw_table,
        syncs.source,
        syncs.synced_hour,
        last_run.as_of as previous_as_of

    from {{ ref('stg_raw__first_syncs') }} as syncs

    inner join last_run
        on {{ add_days('syncs.synced_hour', 1 / 24) }} > last_run.as_of

),

{# Most nights there are none, and none of these tables is read. #}
synced_events as (

    {% for table in event_tables %}
    select {{ activity_event_key() if table == 'crm_activities' else 'record_key' }} as event_key

    from {{ ref('base_raw__' ~ table) }} as records

    inner join later_syncs
        on
            later_syncs.raw_table = '{{ table }}'
            and coalesce(records.source, '') = later_syncs.source
            and {{ arrival_hour('records.loaded_at') }} = later_syncs.synced_hour
            and records.loaded_at > later_syncs.previous_as_of

    where records.is_accepted

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

entries as (

    select
        spine.lead_key,
        ledger.dimension,
        ledger.entry_type,
        {{ decayed(
            'ledger.points', 'ledger.half_life_days', 'ledger.occurred_at', 'spine.as_of'
        ) }} as points_now,
        case
            when
                ledger.occurred_at <= spine.previous_as_of
                and ledger.known_at <= spine.previous_as_of
                and synced_events.event_key is null
                then {{ decayed(
                    'ledger.points', 'ledger.half_life_days', 'ledger.occurred_at',
                    'spine.previous_as_of'
                ) }}
        end as points_then,
        coalesce(
            ledger.occurred_at <= spine.previous_as_of
            and event_loads.loaded_at <= spine.previous_as_of
            and synced_events.event_key is null,
            false
        ) as was_another_person

    from spine

    inner join {{ ref('points_ledger') }} as ledger
        on
            spine.lead_key = ledger.lead_key
            and ledger.occurred_at <= spine.as_of
            and ledger.known_at <= spine.as_of
            and ledger.points != 0

    left join event_loads
        on
            ledger.lead_key = event_loads.lead_key
            and ledger.event_key = event_loads.event_key
            and ledger.known_at > spine.previous_as_of

    left join synced_events
        on ledger.event_key = synced_events.event_key

),

parts as (

    select
        lead_key,
        round(coalesce(sum(points_then), 0), 6) as points_then,
        round(coalesce(sum(case when dimension = 'fit' and points_then is null then points_now end), 0), 6)
            as from_fit,
        round(coalesce(sum(
            case
                when dimension = 'behavior' and points_then is null and was_another_person
                    then points_now
            end
        ), 0), 6) as from_identity,
        round(coalesce(sum(
            case
                when
                    dimension = 'behavior' and points_then is null
                    and not was_another_person and entry_type = 'cycle_reset'
                    then points_now
            end
        ), 0), 6) as from_cycle_reset,
        round(coalesce(sum(
            case
                when
                    dimension = 'behavior' and points_then is null
                    and not was_another_person and entry_type = 'award'
                    then points_now
            end
        ), 0), 6) as from_new_events

    from entries

    group by lead_key

),

compared as (

    select
        scores.lead_key,
        scores.as_of,
        spine.previous_as_of,
        scores.cycle_number,
        previous.points as previous_points,
        scores.points_total as points,
        scores.points_fit,
        round(scores.points_total - coalesce(previous.points, 0), 6) as points_change,
        coalesce(parts.from_new_events, 0) as points_from_new_events,
        coalesce(parts.from_cycle_reset, 0) as points_from_cycle_reset,
        coalesce(parts.from_fit, 0) as points_from_fit,
        coalesce(parts.from_identity, 0) as points_from_identity,
        round(coalesce(parts.points_then, 0) - coalesce(previous.points, 0), 6)
            as points_revised,
        coalesce(previous.rules_fingerprint != rules_now.fingerprint, false)
            as has_other_rules,
        coalesce(previous.identity_fingerprint != identities_now.fingerprint, false)
            as has_other_identity,
        previous.probability as previous_probability,
        scores.probability,
        scores.probability - previous.probability as probability_change,
        case
            when previous.model_version is not distinct from scores.model_version
                then scores.probability
            else {{ logistic('previous_logits.logit') }}
        end as probability_by_previous_model,
        previous.model_version as previous_model_version,
        scores.model_version,
        rules_now.fingerprint as rules_fingerprint,
        identities_now.fingerprint as identity_fingerprint

    from scores

    cross join rules_now

    inner join spine
        on scores.lead_key = spine.lead_key

    left join previous
        on scores.lead_key = previous.lead_key

    left join identities_now
        on scores.lead_key = identities_now.lead_key

    left join parts
        on scores.lead_key = parts.lead_key

    left join {{ ref('int_previous_model_logits') }} as previous_logits
        on scores.lead_key = previous_logits.lead_key

),

final as (

    select
        lead_key,
        as_of,
        previous_as_of,
        cycle_number,
        previous_points,
        points,
        points_change,
        points_from_new_events,
        {# What is left is what faded, expiries included. #}
        round(
            points_change - points_from_new_events - points_from_cycle_reset
            - points_from_fit - points_from_identity - points_revised,
            6
        ) as points_from_decay,
        points_from_cycle_reset,
        points_from_fit,
        points_from_identity
        + case
            when not has_other_rules and has_other_identity then points_revised
            else 0
        end as points_from_identity,
        case when has_other_rules then points_revised else 0 end as points_from_rules,
        case
            when has_other_rules or has_other_identity then 0
            else points_revised
        end as points_from_corrections,
        previous_probability,
        probability,
        probability_change,
        coalesce(probability_by_previous_model, probability) - previous_probability
            as probability_from_lead,
        case
            when previous_probability is not null
                then probability - coalesce(probability_by_previous_model, probability)
        end as probability_from_model,
        previous_model_version,
        model_version,
        points_fit,
        rules_fingerprint,
        identity_fingerprint

    from compared

)

select * from final
