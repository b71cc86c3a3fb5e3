{# Everything that a build noticed and that somebody should look at, in sentences. A
   kind of warning is one branch below; another table of findings is one more. #}
{% set table_uses = raw_table_uses() %}
{% set column_uses = raw_column_uses() %}
{# What is said of the raw files: a view that the hook before each run makes, where
   raw tables are made of files. #}
{% set notes = api.Relation.create(database=target.database, schema='raw', identifier='intake_notes') %}
{% set has_notes = execute and adapter.get_columns_in_relation(notes) %}
{% set stages = 'inquiry, mql, sal, sql, closed_won, closed_lost, recycled or disqualified' %}

with

audit as (

    select * from {{ ref('audit_raw_rows') }}

),

quarantined as (

    select
        raw_table,
        reason,
        sum(sum(row_count)) over (partition by raw_table) as affected_count,
        row_number() over (
            partition by raw_table
            order by sum(row_count) desc, reason
        ) as reason_rank

    from {{ ref('quarantined_rows') }}

    group by raw_table, reason

),

{# Where all else is missing too, one warning would be fourteen. #}
missing_tables as (

    {% for raw_table, use in table_uses.items() %}
    select
        raw_table,
        'Without it, {{ use }}.' as cost

    from audit

    where raw_table = '{{ raw_table }}' and rows_accepted = 0

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

filled_columns as (

    {% for raw_table, columns in column_uses.items() %}
    {% set is_last_table = loop.last %}
    {% for column, (raw_column, use) in columns.items() %}
    select
        '{{ raw_table }}' as raw_table,
        '{{ raw_column }}' as raw_column,
        '{{ use }}' as cost,
        count(*) as all_rows,
        count({{ column }}) as filled_rows

    from {{ ref('stg_raw__' ~ raw_table) }}

    {% if not (loop.last and is_last_table) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

),

unknown_statuses as (

    select
        case when signal_source = 'opportunity' then 'opportunity' else 'lead' end
            as object_type,
        {{ shown_value('raw_status') }} as raw_status,
        count(distinct source_id) as affected_count

    from {{ ref('crm_stage_signals') }}

    where stage is null

    group by 1, 2

),

unknown_sources as (

    select
        {{ shown_value('lower(lead_source)') }} as lead_source,
        count(*) as affected_count

    from {{ ref('lead_profiles') }}

    where lead_source is not null and channel is null

    group by 1

),

erasure_requests as (

    select count(*) as affected_count

    from {{ ref('stg_raw__erasure_requests') }}

    where
        email_key is null
        and device_key is null
        and crm_lead_key is null

),

oversize as (

    select
        kind,
        identifier_type,
        max(remedy) as remedy,
        count(*) as affected_count

    from {{ ref('oversize_identities') }}

    group by kind, identifier_type

),

internal_identifiers as (

    select identifier_key

    from {{ ref('identifiers') }}

    where email_class = 'internal'

),

{# Visits of people who are known to nobody are no fault. #}
events as (

    {% for raw_table in ['form_submissions', 'email_events'] %}
    select
        '{{ raw_table }}' as raw_table,
        event_key,
        identifier_key

    from {{ ref('stg_raw__' ~ raw_table) }}

    union all

    {% endfor %}
    select
        'campaign_responses' as raw_table,
        event_key,
        {{ identifier_key('email', 'email') }} as identifier_key

    from {{ ref('stg_raw__campaign_responses') }}

    union all

    select
        'crm_activities' as raw_table,
        event_key,
        {{ identifier_key('crm_lead', 'lead_id') }} as identifier_key

    from {{ ref('stg_raw__crm_activities') }}

),

ownerless as (

    select
        events.raw_table,
        count(*) as affected_count

    from events

    left join {{ ref('lead_events') }} as lead_events
        on events.event_key = lead_events.event_key

    left join internal_identifiers
        on events.identifier_key = internal_identifiers.identifier_key

    where
        lead_events.event_key is null
        and internal_identifiers.identifier_key is null

    group by events.raw_table

),

anomalies as (

    select
        anomaly,
        count(*) as affected_count

    from {{ ref('stage_anomalies') }}

    where anomaly in ('belongs_to_nobody', 'stage_contradicts_flags')

    group by anomaly

),

{% if has_notes %}
notes as (

    select
        is_quarantined,
        kind,
        coalesce(raw_table, min({{ shown_value('file_name') }})) as subject,
        min({{ shown_value('file_name') }}) as file_name,
        count(distinct file_name) as affected_count,
        message,
        remedy

    from {{ notes }}

    where is_quarantined or remedy != ''

    group by is_quarantined, kind, raw_table, message, remedy

),

{% endif %}
found as (

    {% if has_notes %}
    select
        case when is_quarantined then 'file_not_read' else 'file_read_with_care' end as kind,
        coalesce(subject, kind) as subject,
        cast(affected_count as bigint) as affected_count,
        coalesce(
            file_name
            || case
                when affected_count > 1
                    then ' and ' || cast(affected_count - 1 as string) || ' more'
                else ''
            end,
            subject,
            kind
        )
        || case when is_quarantined then ' was not read. ' else ': ' end
        || message as message,
        remedy

    from notes

    union all

    {% endif %}
    select
        'table_missing' as kind,
        raw_table as subject,
        cast(null as bigint) as affected_count,
        'There are no rows of ' || raw_table || '. ' || cost as message,
        'Put the export into the folder of the raw files, as a file or folder named '
        || raw_table || '; if you have none, nothing is to be done.' as remedy

    from missing_tables

    union all

    select
        'column_missing' as kind,
        raw_table || '.' || raw_column as subject,
        cast(all_rows as bigint) as affected_count,
        'The column ' || raw_column || ' of ' || raw_table || ' has no value in any of its '
        || cast(all_rows as string) || ' rows: ' || cost || '.' as message,
        'Add the column to the export, under this name; docs/sources.md lists all.' as remedy

    from filled_columns

    where all_rows > 0 and filled_rows = 0

    union all

    select
        'rows_quarantined' as kind,
        raw_table as subject,
        cast(affected_count as bigint) as affected_count,
        cast(cast(affected_count as bigint) as string) || ' rows of ' || raw_table
        || ' could not be used, most of them for ' || replace(reason, '_', ' ') || '.' as message,
        'Look at them in marts.quarantined_rows of the warehouse and correct the source; they leave by themselves then.'
            as remedy

    from quarantined

    where reason_rank = 1

    union all

    select
        'status_unmapped' as kind,
        object_type || ': ' || raw_status as subject,
        cast(affected_count as bigint) as affected_count,
        'No line of seeds/crm_status_map.csv maps the ' || object_type || ' status '
        || raw_status || ', which ' || cast(affected_count as string)
        || ' records have or had: it moves nobody to any stage.' as message,
        'Add the line ' || object_type || ',' || {{ csv_cell('raw_status') }}
        || ',STAGE, with {{ stages }} for STAGE.' as remedy

    from unknown_statuses

    union all

    select
        'source_unmapped' as kind,
        lead_source as subject,
        cast(affected_count as bigint) as affected_count,
        'No line of seeds/channels.csv maps the lead source ' || lead_source || ', which '
        || cast(affected_count as string) || ' people came by: they have no channel.' as message,
        'Add the line ,,' || {{ csv_cell('lead_source') }}
        || ',CHANNEL with the channel that it belongs to.' as remedy

    from unknown_sources

    union all

    select
        'erasure_names_nobody' as kind,
        'erasure_requests' as subject,
        cast(affected_count as bigint) as affected_count,
        cast(affected_count as string)
        || ' requests for erasure name neither an e-mail address that can be read nor a CRM lead nor a device: they erase nobody.'
            as message,
        'Ask whom they are about, and correct the requests.' as remedy

    from erasure_requests

    where affected_count > 0

    union all

    select
        'identity_oversize' as kind,
        kind || ': ' || identifier_type as subject,
        cast(affected_count as bigint) as affected_count,
        cast(affected_count as string)
        || case
            when kind = 'hub' then ' identifiers of type '
            else ' groups of identifiers around one of type '
        end
        || identifier_type
        || ' hold more than a person has, and were not made one person.' as message,
        remedy || ' See marts.oversize_identities.' as remedy

    from oversize

    union all

    select
        'events_of_nobody' as kind,
        raw_table as subject,
        cast(affected_count as bigint) as affected_count,
        cast(affected_count as string) || ' accepted rows of ' || raw_table
        || ' belong to nobody: they name no person, a record that is not there, or an address that stands for no one.'
            as message,
        'See that the source fills the address or the record id; shared addresses are listed in seeds/role_addresses.csv and seeds/placeholder_addresses.csv.'
            as remedy

    from ownerless

    union all

    select
        case anomaly
            when 'belongs_to_nobody' then 'deals_of_nobody'
            else 'deals_contradicted'
        end as kind,
        'crm_opportunities' as subject,
        cast(affected_count as bigint) as affected_count,
        case anomaly
            when 'belongs_to_nobody'
                then cast(affected_count as string)
                    || ' deals name no lead, contact or account that is known: they are in no funnel.'
            else cast(affected_count as string)
                || ' deals have a stage whose name contradicts is_closed and is_won: the flags were followed.'
        end as message,
        case anomaly
            when 'belongs_to_nobody'
                then 'Fill lead_id or contact_id of the deals listed in marts.stage_anomalies.'
            else 'Correct the stages listed in marts.stage_anomalies in the CRM.'
        end as remedy

    from anomalies

),

final as (

    select
        {{ key(['kind', 'subject', 'message']) }} as warning_key,
        kind,
        subject,
        affected_count,
        message,
        remedy

    from found

)

select * from final
order by kind, subject
