{# Raw rows that name or belong to people who asked to be forgotten, with what they
   are found by, known by hashes only. A row of a device goes with the person who is
   identified on it at that time, as device_assignments has it: after the erasure
   nobody else must inherit it. #}
{% set personal = personal_columns() %}
{% set erased = ref('erased_identifiers') %}
{# Named in any case, so that dbt knows of them before requests exist. #}
{% set lists = [ref('internal_domains'), ref('placeholder_addresses'), ref('role_addresses')] %}
{% do name_typed_rows(raw_tables()) %}

{% if not has_erasure_requests() %}
select
    cast(null as string) as raw_table,
    {{ no_key() }} as key_hash,
    {{ no_key() }} as row_hash,
    {{ no_key() }} as identifier_key
where false
{% else %}
with

erased as (

    select identifier_key from {{ erased }}

),

{% for raw_table in raw_tables() %}
{% set columns = personal[raw_table] %}
{% set kept = columns['ids'].values() | sum(start=[]) %}
{% set kept = kept + (['anonymous_id', 'occurred_at'] if columns.get('devices') else []) %}
{{ raw_table }}_rows as (

    select
        row_key,
        {{ raw_row_hash('typed') }} as row_hash,
        reject_reason is null as is_usable,
        {% for name in raw_columns(raw_table) if name in kept %}
        {{ name }},
        {% endfor %}
        {# A touch that names a person belongs to that person, whatever the deal. #}
        {% for name, others in columns.get('alone', {}).items() %}
        case when coalesce({{ others | join(', ') }}) is null then {{ name }} end
            as {{ name }}_alone,
        {% endfor %}
        {# In one function: joined one by one, they take an engine long to plan. #}
        concat_ws(
            ' ',
            {% for column in columns['texts'] %}
            {{ searched_text(raw_table, column) }},
            {% endfor %}
            ''
        ) as text,
        case when reject_reason is not null then {{ whole_row_as_json('raw_row') }} end as raw_row

    from ({{ typed_rows(raw_table, until_as_of=false, columns=kept + columns['texts']) }}) as typed

),

{% endfor %}

addresses as (

    select email from web_events_rows where email is not null

    union distinct

    select email from form_submissions_rows where email is not null

),

excluded as (

    {{ excluded_addresses('addresses', *lists) }}

),

device_events as (

    {% for raw_table in device_tables() %}
    select
        '{{ raw_table }}' as raw_table,
        events.row_key,
        events.row_hash,
        events.occurred_at,
        events.is_usable,
        {{ identifier_key('device', 'events.anonymous_id') }} as device_identifier_key,
        case
            when excluded.email is null then {{ event_identifier_key(raw_table, 'events') }}
        end as identifier_key

    from {{ raw_table }}_rows as events

    left join excluded
        on events.email = excluded.email

    where events.anonymous_id is not null

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

identifications as (

    select
        device_events.device_identifier_key,
        device_events.identifier_key,
        device_events.occurred_at,
        device_events.row_hash,
        erased.identifier_key is not null as is_erased

    from device_events

    left join erased
        on device_events.identifier_key = erased.identifier_key

    where device_events.identifier_key is not null and device_events.is_usable

),

shared_devices as (

    select device_identifier_key

    from identifications

    group by device_identifier_key

    having
        count(case when is_erased then 1 end) > 0
        and count(case when not is_erased then 1 end) > 0

),

shared_identifications as (

    select identifications.*

    from identifications

    inner join shared_devices
        on identifications.device_identifier_key = shared_devices.device_identifier_key

),

turns as (

    {{ device_assignments(
        'shared_identifications', 'device_identifier_key', 'is_erased', 'row_hash'
    ) }}

),

{# Words of rows that cannot be used, any of which may name somebody, and words
   with an at sign of those that can. #}
texts as (

    {% for raw_table in raw_tables() %}
    select
        '{{ raw_table }}' as raw_table,
        row_key,
        row_hash,
        raw_row as text,
        false as is_usable

    from {{ raw_table }}_rows

    where raw_row is not null

    {# A request that can be read stays, as hashes. #}
    {% if raw_table != 'erasure_requests' %}
    union all

    select
        '{{ raw_table }}' as raw_table,
        row_key,
        row_hash,
        text,
        true as is_usable

    from {{ raw_table }}_rows

    where text like '%@%' or text like '%!%40%' escape '!'
    {% endif %}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

text_words as (

    select
        raw_table,
        row_key,
        row_hash,
        is_usable,
        {{ words("replace(text, '%40', '@')") }} as word

    from texts

),

tidy_words as (

    select
        raw_table,
        row_key,
        row_hash,
        is_usable,
        regexp_replace(word, '[.:!]+$', '') as word

    from text_words

    where word != ''

),

{% set address = letters_of_host("lower(regexp_replace(tidy_words.word, '^.*:', ''))") %}
{# Short ids would be found everywhere; in their own columns they are found
   below, whatever their length. #}
named_in_texts as (

    select
        tidy_words.raw_table,
        tidy_words.row_key,
        tidy_words.row_hash,
        {{ key(["types.identifier_type || ':' || case when types.identifier_type = 'email' then " ~ address ~ " else tidy_words.word end"]) }}
            as identifier_key

    from tidy_words

    cross join (
        {% for identifier_type in ['email', 'user', 'device', 'crm_lead', 'crm_contact', 'crm_opportunity'] %}
        select '{{ identifier_type }}' as identifier_type
        {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ) as types

    where
        case
            when types.identifier_type = 'email' then tidy_words.word like '%@%'
            else not tidy_words.is_usable and length(tidy_words.word) >= 6
        end

),

hits as (

    {% for raw_table, columns in personal.items() %}
    {% set keys = [] %}
    {% for identifier_type, names in columns['ids'].items() %}
    {% for name in names %}{% do keys.append(identifier_key(identifier_type, name)) %}{% endfor %}
    {% endfor %}
    {% if keys %}
    select
        '{{ raw_table }}' as raw_table,
        row_key,
        row_hash,
        {{ each_of(keys) }} as identifier_key

    from {{ raw_table }}_rows

    {% if raw_table == 'erasure_requests' %}
    where not is_usable
    {% endif %}

    union all

    {% endif %}
    {% endfor %}

    {# On the person's own devices, or one that was itself asked to be forgotten:
       all that is not plainly another person's. #}
    select
        device_events.raw_table,
        device_events.row_key,
        device_events.row_hash,
        device_events.device_identifier_key as identifier_key

    from device_events

    where not device_events.is_usable or device_events.identifier_key is null

    union all

    select
        device_events.raw_table,
        device_events.row_key,
        device_events.row_hash,
        shared_identifications.identifier_key

    from device_events

    inner join turns
        on
            device_events.device_identifier_key = turns.device_identifier_key
            and device_events.occurred_at >= turns.valid_from
            and device_events.occurred_at < turns.valid_to

    inner join shared_identifications
        on
            turns.device_identifier_key = shared_identifications.device_identifier_key
            and shared_identifications.is_erased

    where device_events.identifier_key is null and turns.is_erased

    union all

    select
        raw_table,
        row_key,
        row_hash,
        identifier_key

    from named_in_texts

),

final as (

    select distinct
        hits.raw_table,
        case
            when hits.raw_table != 'erasure_requests' then {{ key(["'key:' || hits.row_key"]) }}
        end as key_hash,
        hits.row_hash,
        hits.identifier_key

    from hits

    inner join erased
        on hits.identifier_key = erased.identifier_key

)

select * from final
{% endif %}
