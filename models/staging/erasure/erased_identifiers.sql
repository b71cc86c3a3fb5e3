{# A person is named after one of its identifiers: so is what was published of it. #}
{{ config(post_hook=[
    "{{ forget_erased(source('sync', 'sync_acknowledgements'), identifier_key('crm_lead', 'crm_lead_id')) }}",
    "{{ forget_erased(source('sync', 'sync_refusals'), identifier_key('crm_lead', 'crm_lead_id')) }}",
    "{{ forget_erased(source('sync', 'published_scores'), 'lead_key') }}",
    "{{ forget_erased(source('sync', 'handoff_decisions_log'), 'lead_key') }}",
]) }}

{# Everything by which a person who asked to be forgotten could be known again,
   as hashes only, always worked out anew from the raw rows: so rows that are
   loaded again, or later, stay out.
   erasure_links lead from what the request names to the rest. A device leads
   nowhere: others may use it. Neither the variable as_of nor a fault in a row
   gives anything back. #}
{% set hops = 6 %}
{% set raw_reads = device_tables() + ['erasure_requests', 'crm_opportunities'] %}
{# Named in any case, so that dbt knows of them before requests exist. #}
{% set lists = [ref('internal_domains'), ref('placeholder_addresses'), ref('role_addresses')] %}
{% set erasure_links = ref('erasure_links') %}
{% for raw_table in raw_reads %}{% do source('raw', raw_table) %}{% endfor %}
{% do [ref('date_orders'), ref('countries')] %}

{% if not has_erasure_requests() %}
select {{ key(['cast(null as string)']) }} as identifier_key
where false
{% else %}
with

{% for raw_table in raw_reads %}
{{ raw_table }} as (

    select *
    from ({{ typed_rows(raw_table, until_as_of=false) }}) as typed
    where coalesce(reject_reason, '') != 'overlong_row'

),

{% endfor %}

addresses as (

    {% for raw_table in device_tables() %}
    select email from {{ raw_table }} where email is not null
    {% if not loop.last %}union distinct{% endif %}
    {% endfor %}

),

excluded as (

    {{ excluded_addresses('addresses', *lists) }}

),

reached_0 as (

    select {{ identifier_key('email', 'email') }} as identifier_key
    from erasure_requests
    where email is not null

    union distinct

    select {{ identifier_key('crm_lead', 'crm_lead_id') }} as identifier_key
    from erasure_requests
    where crm_lead_id is not null

),

{% for hop in range(1, hops + 1) %}
reached_{{ hop }} as (

    select distinct coalesce(links.to_key, reached.identifier_key) as identifier_key

    from reached_{{ hop - 1 }} as reached

    left join {{ erasure_links }} as links
        on reached.identifier_key = links.from_key

),

{% endfor %}

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

    select identifications.device_identifier_key as identifier_key

    from identifications

    left join reached_{{ hops }} as reached
        on identifications.identifier_key = reached.identifier_key

    where identifications.identifier_key is not null

    group by identifications.device_identifier_key

    having
        count(reached.identifier_key) = count(*)

),

opportunities as (

    select {{ identifier_key('crm_opportunity', 'opportunity_id') }} as identifier_key
    from crm_opportunities
    where
        opportunity_id is not null
        and (
            {{ identifier_key('crm_lead', 'lead_id') }} in (select identifier_key from reached_{{ hops }})
            or {{ identifier_key('crm_contact', 'contact_id') }} in (select identifier_key from reached_{{ hops }})
        )

),

final as (

    select identifier_key from reached_{{ hops }}

    union distinct

    select {{ identifier_key('device', 'anonymous_id') }} as identifier_key
    from erasure_requests
    where anonymous_id is not null

    union distinct

    select identifier_key from own_devices

    union distinct

    select identifier_key from opportunities

)

select * from final
{% endif %}
