{# Everything by which a person who asked to be forgotten could be known again,
   by request and as hashes only. Always worked out anew from the raw rows: so rows
   that are loaded again, or later, stay out.
   erasure_components lead from what the request names to the rest. A device leads
   nowhere: others may use it. Neither the variable as_of nor a fault in a row
   gives anything back. #}
{% set raw_reads = device_tables() + ['erasure_requests', 'crm_opportunities'] %}
{# Named in any case, so that dbt knows of them before requests exist. #}
{% set lists = [ref('internal_domains'), ref('placeholder_addresses'), ref('role_addresses')] %}
{% set erasure_components = ref('erasure_components') %}
{% do name_typed_rows(raw_reads) %}

{% if not has_erasure_requests() %}
select
    {{ no_key() }} as request_key,
    {{ no_key() }} as identifier_key
where false
{% else %}
with

{% for raw_table in raw_reads %}
{{ raw_table }} as (

    select
        *,
        {{ raw_row_hash('typed') }} as row_hash

    from ({{ typed_rows(raw_table, until_as_of=false, columns=followed_columns(raw_table)) }}) as typed

    where coalesce(reject_reason, '') != 'overlong_row'

),

{% endfor %}

components as (

    select * from {{ erasure_components }}

),

addresses as (

    {% for raw_table in device_tables() %}
    select email from {{ raw_table }} where email is not null
    {% if not loop.last %}union distinct{% endif %}
    {% endfor %}

),

excluded as (

    {{ excluded_addresses('addresses', *lists) }}

),

asked as (

    select
        row_hash as request_key,
        {{ identifier_key('email', 'email') }} as identifier_key

    from erasure_requests

    where email is not null

    union distinct

    select
        row_hash as request_key,
        {{ identifier_key('crm_lead', 'crm_lead_id') }} as identifier_key

    from erasure_requests

    where crm_lead_id is not null

),

reached as (

    select distinct
        asked.request_key,
        coalesce(reached_components.node_key, asked.identifier_key) as identifier_key

    from asked

    left join components as asked_components
        on asked.identifier_key = asked_components.node_key

    left join components as reached_components
        on asked_components.component_key = reached_components.component_key

),

reached_identifiers as (

    select distinct identifier_key from reached

),

{# As device_assignments sees it. #}
identifications as (

    {% for raw_table in device_tables() %}
    select distinct
        {{ identifier_key('device', 'events.anonymous_id') }} as device_identifier_key,
        {{ event_identifier_key(raw_table, 'events') }} as identifier_key

    from {{ raw_table }} as events

    left join excluded
        on events.email = excluded.email

    where
        events.anonymous_id is not null
        and excluded.email is null
        and events.reject_reason is null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# A device on which nobody else was ever identified is the person's own. #}
own_devices as (

    select identifications.device_identifier_key

    from identifications

    left join reached_identifiers
        on identifications.identifier_key = reached_identifiers.identifier_key

    where identifications.identifier_key is not null

    group by identifications.device_identifier_key

    having
        count(reached_identifiers.identifier_key) = count(*)

),

opportunities as (

    select
        {{ identifier_key('crm_opportunity', 'opportunity_id') }} as identifier_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as lead_identifier_key,
        {{ identifier_key('crm_contact', 'contact_id') }} as contact_identifier_key

    from crm_opportunities

    where opportunity_id is not null

),

final as (

    select
        request_key,
        identifier_key

    from reached

    union distinct

    select
        row_hash as request_key,
        {{ identifier_key('device', 'anonymous_id') }} as identifier_key

    from erasure_requests

    where anonymous_id is not null

    union distinct

    select
        reached.request_key,
        identifications.device_identifier_key as identifier_key

    from own_devices

    inner join identifications
        on own_devices.device_identifier_key = identifications.device_identifier_key

    inner join reached
        on identifications.identifier_key = reached.identifier_key

    {% for side in ['lead', 'contact'] %}
    union distinct

    select
        reached.request_key,
        opportunities.identifier_key

    from opportunities

    inner join reached
        on opportunities.{{ side }}_identifier_key = reached.identifier_key

    {% endfor %}

)

select * from final
{% endif %}
