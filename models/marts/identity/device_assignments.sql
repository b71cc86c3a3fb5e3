{# Who used a device when. A device belongs to the person last identified on it
   and, before its first identification, to that first person (back-stitching).
   Devices are never glued into a person, so that two people on one device
   stay two. #}
with

clock as (

    select * from {{ ref('clock') }}

),

members as (

    select
        identifier_key,
        lead_key,
        joined_at

    from {{ ref('identity_members') }}

),

identifications as (

    {% for table in ['web_events', 'form_submissions'] %}
    select
        device_key,
        identifier_key,
        event_key as evidence_key,
        occurred_at,
        loaded_at

    from {{ ref('stg_raw__' ~ table) }}

    where device_key is not null and identifier_key is not null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

identified as (

    select
        identifications.device_key,
        identifications.evidence_key,
        identifications.occurred_at,
        members.lead_key,
        {{ known_at('identifications.occurred_at', 'identifications.loaded_at', 'clock') }}
            as known_at

    from identifications

    inner join members
        on identifications.identifier_key = members.identifier_key

    cross join clock

),

changes as (

    select
        *,
        lag(lead_key) over (
            partition by device_key
            order by occurred_at, lead_key, evidence_key
        ) as previous_lead_key

    from identified

),

final as (

    select
        device_key,
        lead_key,
        occurred_at as identified_at,
        known_at,
        case
            when previous_lead_key is null
                then timestamp '1970-01-01 00:00:00'
            else occurred_at
        end as valid_from,
        lead(occurred_at, 1, timestamp '9999-12-31 00:00:00') over (
            partition by device_key
            order by occurred_at, lead_key, evidence_key
        ) as valid_to

    from changes

    where previous_lead_key is null or previous_lead_key != lead_key

)

select * from final
