{# Made of the raw rows: nothing else may still know a CRM record's id. The job that
   clears the records in the CRM reads the ids, says so by confirm_erasure, and the next
   build drops them. #}
{% set reach = ref('erasure_reach') %}
{% set hits = ref('erasure_hits') %}
{% set erased_rows = ref('erased_rows') %}
{% set confirmations = source('sync', 'erasure_confirmations') %}
{% set record_tables = {
    'crm_leads': ['crm_lead', 'lead_id'],
    'crm_contacts': ['crm_contact', 'contact_id'],
    'crm_opportunities': ['crm_opportunity', 'opportunity_id'],
} %}
{% do name_typed_rows(['erasure_requests'] + record_tables.keys() | list) %}

{% if not has_erasure_requests() %}
select
    {{ no_key() }} as receipt_key,
    cast(null as string) as request_id,
    cast(null as timestamp) as requested_at,
    cast(null as string) as outcome,
    cast(null as string) as raw_table,
    cast(null as bigint) as rows_found,
    cast(null as string) as crm_record_id,
    cast(null as boolean) as is_confirmed
where false
{% else %}
with

{# Distinct before it is grouped: DuckDB plans for ten seconds where an aggregate is of what
   a column is made of. #}
named_requests as (

    select distinct
        {{ raw_row_hash('typed') }} as request_key,
        {{ request_name('request_id') }} as request_id,
        requested_at

    from ({{ typed_rows('erasure_requests', until_as_of=false, columns=['request_id', 'requested_at']) }}) as typed

),

requests as (

    select
        request_key,
        min(request_id) as request_id,
        max(requested_at) as requested_at

    from named_requests

    group by request_key

),

confirmed as (

    select distinct request_id from {{ confirmations }}

),

reach as (

    select * from {{ reach }}

),

records as (

    {% for raw_table, (identifier_type, record_id) in record_tables.items() %}
    select distinct
        '{{ raw_table }}' as raw_table,
        {{ record_id }} as crm_record_id,
        {{ key(["'key:' || " ~ record_id]) }} as key_hash,
        {{ identifier_key(identifier_type, record_id) }} as identifier_key

    from ({{ typed_rows(raw_table, until_as_of=false, columns=[record_id]) }}) as typed

    where {{ record_id }} is not null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

records_to_clear as (

    select distinct
        reach.request_key,
        records.raw_table,
        records.key_hash,
        records.crm_record_id

    from records

    inner join reach
        on records.identifier_key = reach.identifier_key

    inner join requests
        on reach.request_key = requests.request_key

    left join confirmed
        on requests.request_id = confirmed.request_id

    where confirmed.request_id is null

),

hits as (

    select distinct
        reach.request_key,
        hits.raw_table,
        hits.key_hash,
        hits.row_hash

    from {{ hits }} as hits

    inner join reach
        on hits.identifier_key = reach.identifier_key

),

erased_rows as (

    select
        raw_table,
        key_hash,
        row_hash,
        sum(row_count) as row_count

    from {{ erased_rows }}

    group by raw_table, key_hash, row_hash

),

{# All versions of a key go with the one that names the person. #}
found_rows as (

    {% for hash in ['row_hash', 'key_hash'] %}
    select
        hits.request_key,
        erased_rows.raw_table,
        erased_rows.key_hash,
        erased_rows.row_hash,
        erased_rows.row_count

    from hits

    inner join erased_rows
        on
            hits.raw_table = erased_rows.raw_table
            and hits.{{ hash }} = erased_rows.{{ hash }}

    {% if not loop.last %}union distinct{% endif %}
    {% endfor %}

),

found as (

    select
        found_rows.request_key,
        found_rows.raw_table,
        records_to_clear.crm_record_id,
        cast(sum(found_rows.row_count) as bigint) as rows_found

    from found_rows

    left join records_to_clear
        on
            found_rows.request_key = records_to_clear.request_key
            and found_rows.raw_table = records_to_clear.raw_table
            and found_rows.key_hash = records_to_clear.key_hash

    group by
        found_rows.request_key,
        found_rows.raw_table,
        records_to_clear.crm_record_id

),

final as (

    select
        {{ key([
            'requests.request_key', "coalesce(found.raw_table, '')", "coalesce(found.crm_record_id, '')",
        ]) }} as receipt_key,
        requests.request_id,
        requests.requested_at,
        case
            when found.request_key is not null then 'found'
            when reached.request_key is not null then 'nothing_found'
            else 'names_nobody'
        end as outcome,
        found.raw_table,
        coalesce(found.rows_found, 0) as rows_found,
        found.crm_record_id,
        confirmed.request_id is not null as is_confirmed

    from requests

    left join (select distinct request_key from reach) as reached
        on requests.request_key = reached.request_key

    left join found
        on requests.request_key = found.request_key

    left join confirmed
        on requests.request_id = confirmed.request_id

)

select * from final
{% endif %}
