{# What is missing or could not be read: files, tables, columns, rows, and what rows said before. #}
{% set table_uses = raw_table_uses() %}
{% set column_uses = raw_column_uses() %}
{# What is said of the raw files: a view that the hook before each run makes, where
   raw tables are made of files. #}
{% set notes = source('raw', 'intake_notes') %}
{% set has_notes = execute and adapter.get_columns_in_relation(notes) %}
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

missing_tables as (

    {% for raw_table, use in table_uses.items() %}
    select
        raw_table,
        'Without them, {{ use }}.' as cost

    from audit

    where raw_table = '{{ raw_table }}' and rows_accepted = 0

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

filled_columns as (

    {% for raw_table, columns in column_uses.items() %}
    {% set is_last_table = loop.last %}
    {% for column, use in columns.items() %}
    select
        '{{ raw_table }}' as raw_table,
        '{{ use[0] }}' as raw_column,
        '{{ use[1] }}' as cost,
        count(*) as all_rows,
        count({{ column }}) as filled_rows

    from {{ ref('stg_raw__' ~ raw_table) }}

    {% if not (loop.last and is_last_table) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

),

{# A table that a loader updates in place shows each record as it is now, loaded when it last
   changed. What came before this warehouse was there to see it is known to nobody. #}
records as (

    {% for raw_table in ['crm_leads', 'crm_contacts', 'crm_opportunities'] %}
    select
        '{{ raw_table }}' as raw_table,
        records.updated_at > {{ add_days('records.created_at', 7) }}
        and records.first_loaded_at > {{ add_days('records.created_at', 7) }} as is_known_late

    from {{ ref('stg_raw__' ~ raw_table) }} as records

    cross join {{ ref('clock') }} as clock

    where records.created_at > clock.backfilled_until

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# Single rows are late with any loader. #}
known_late as (

    select
        raw_table,
        count(*) as all_records,
        sum(case when is_known_late then 1 else 0 end) as affected_count

    from records

    group by raw_table

    having sum(case when is_known_late then 1 else 0 end) >= 0.2 * count(*)

),

{% if has_notes %}
notes as (

    select
        is_quarantined,
        min(kind) as kind,
        coalesce(raw_table, min({{ shown_value('file_name') }})) as subject,
        min({{ shown_value('file_name') }}) as file_name,
        count(distinct file_name) as affected_count,
        message,
        min(remedy) as remedy

    from {{ notes }}

    where is_quarantined or remedy != ''

    group by is_quarantined, raw_table, message

),

{% endif %}
final as (

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
        || case
            when not is_quarantined then ': '
            when affected_count > 1 then ' were not read. '
            else ' was not read. '
        end
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
        || raw_table || '; if you have none, nothing needs to be done.' as remedy

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
        'Look at them in marts.quarantined_rows of the warehouse and correct the source; then they disappear.'
            as remedy

    from quarantined

    where reason_rank = 1

    union all

    select
        'history_unseen' as kind,
        raw_table as subject,
        cast(affected_count as bigint) as affected_count,
        cast(cast(affected_count as bigint) as string) || ' of ' || cast(all_records as string)
        || ' records of ' || raw_table
        || ' were first seen and last changed more than a week after they were made: they count as known only since they were seen, and what they said before cannot be known.'
            as message,
        'If this warehouse replaces another, bring its table staging.first_knowledge along; docs/sources.md says what a build remembers.'
            as remedy

    from known_late

)

select * from final
