{# Who used a device when. A device belongs to the person last identified on it
   and, before its first identification, to that first person (back-stitching).
   Devices are never glued into a person, so that two people on one device
   stay two. What one of our own people does on it is nobody's, until somebody else
   is identified. #}
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

{# They stand for themselves here, and are in no stretch. #}
internal as (

    select identifier_key

    from {{ ref('identifiers') }}

    where email_class = 'internal'

),

identifications as (

    {% for table in device_tables() %}
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
        coalesce(members.lead_key, internal.identifier_key) as lead_key,
        members.lead_key is null as is_internal,
        {{ known_at('identifications.occurred_at', 'identifications.loaded_at', 'clock') }}
            as known_at

    from identifications

    left join members
        on identifications.identifier_key = members.identifier_key

    left join internal
        on identifications.identifier_key = internal.identifier_key

    cross join clock

    where coalesce(members.lead_key, internal.identifier_key) is not null

),

stretches as (

    {{ device_assignments(
        'identified', 'device_key', 'lead_key', 'evidence_key', also=['known_at', 'is_internal']
    ) }}

),

final as (

    select
        device_key,
        lead_key,
        known_at,
        identified_at,
        valid_from,
        valid_to

    from stretches

    where not is_internal

)

select * from final
